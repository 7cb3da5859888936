import { Instant, Text, Whole } from '../http/fields.js';

const ONE_DAY_S = 24 * 60 * 60;
const THIRTY_DAYS_S = 30 * ONE_DAY_S;

export class RotateSigningKey {
  @Whole({
    min: 0,
    max: ONE_DAY_S,
    optional: true,
    default: 300,
    description:
      'How long, in seconds, the new key is published before it signs: verifiers keep the key set for a while.',
  })
  publishSeconds: number = 300;

  @Whole({
    min: 0,
    max: THIRTY_DAYS_S,
    optional: true,
    default: ONE_DAY_S,
    description: 'How long, in seconds, earlier keys stay published after that.',
  })
  overlapSeconds: number = ONE_DAY_S;
}

export class RotatedSigningKey {
  @Text()
  kid!: string;

  @Instant({ description: 'From then on deliveries are signed with it.' })
  signsFrom!: string;

  @Instant()
  earlierPublishedUntil!: string;
}
