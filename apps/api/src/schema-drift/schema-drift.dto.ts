import { Instant, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';

const KINDS = ['field', 'word'] as const;

export class ListDrift extends PageQuery {
  @Text({ max: 64, optional: true })
  provider?: string;

  @OneWord(KINDS, { optional: true })
  kind?: (typeof KINDS)[number];

  @Instant({ optional: true, description: 'Seen then or later.' })
  since?: string;
}

export class DriftView {
  @Text()
  provider!: string;

  @Text({ description: 'Dotted path in the body, `[]` for any array item, `*` for a name that looks like data.' })
  path!: string;

  @OneWord(KINDS, { description: 'An undocumented member, or an undocumented value of one that has a list of words.' })
  kind!: (typeof KINDS)[number];

  @Whole({
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    description: 'How often; an estimate from a sample once a type has come a thousand times.',
  })
  count!: number;

  @Instant()
  firstSeen!: string;

  @Instant()
  lastSeen!: string;
}
