import { Instant, Json, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';

const MAX_INT = 2 ** 31 - 1;

export class ListLogs extends PageQuery {
  @Text({ optional: true, description: 'Id of the event.' })
  eventId?: string;

  @Text({ optional: true })
  claimKey?: string;

  @Whole({ min: 100, max: 599, optional: true, description: 'HTTP status of the answer.' })
  status?: number;

  @Text({ optional: true, max: 100, description: 'Code of the error, for example "timeout".' })
  error?: string;

  @OneWord(['failed'], { optional: true, description: 'Only tries without a 2xx answer.' })
  outcome?: 'failed';

  @Instant({ optional: true, description: 'Tries from then on.' })
  since?: string;

  @Instant({ optional: true, description: 'Tries before.' })
  until?: string;
}

export class DeliveryFields {
  @Text()
  id!: string;

  @Text()
  eventId!: string;

  @Text({ nullable: true })
  eventType!: string | null;

  @Text({ nullable: true })
  claimKey!: string | null;

  @Whole({ min: 0, max: MAX_INT, nullable: true })
  version!: number | null;

  @Text({ nullable: true, description: 'null = the live delivery.' })
  replayId!: string | null;
}

export class AttemptView extends DeliveryFields {
  @Text()
  deliveryId!: string;

  @Whole({ min: 1, max: MAX_INT, description: 'Of this delivery: 1 = the first try.' })
  number!: number;

  @Instant()
  at!: string;

  @Whole({ min: 100, max: 599, nullable: true })
  status!: number | null;

  @Text({ nullable: true })
  error!: string | null;

  @Json({
    description:
      'Milliseconds: `dns`, `tcp` and `tls` each took, where the try opened a connection; from the beginning until a ' +
      'connection was there (`connect`), the answer began (`firstByte`) and ended (`total`).',
  })
  phases!: Record<string, number>;

  @Json({ description: 'As it was sent, secrets masked.' })
  request!: Record<string, unknown>;

  @Json({ nullable: true, description: 'Its body cut at 2 kB.' })
  response!: Record<string, unknown> | null;
}

export class AttemptDetail extends AttemptView {
  @Text({
    nullable: true,
    description: "The request's body, rendered again from the stored event by the webhook's present `payload`.",
  })
  requestBody!: string | null;
}

export class TestDeliveryView {
  @Text()
  eventId!: string;

  @OneWord(['webhook.test'])
  type!: 'webhook.test';
}
