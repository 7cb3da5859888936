import { Instant, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';

const STATUSES = ['open', 'retried', 'discarded'] as const;
type Status = (typeof STATUSES)[number];

export class ListQuarantine extends PageQuery {
  @OneWord(STATUSES, { optional: true })
  status?: Status;

  @Text({ max: 100, optional: true })
  reason?: string;
}

export class QuarantineView {
  @Text()
  id!: string;

  @Text({ description: '`ce_id` of the raw event.' })
  eventId!: string;

  @Text({ description: '`ce_type` of the raw event.' })
  eventType!: string;

  @Text()
  connection!: string;

  @Text({ description: 'Constant code.' })
  reason!: string;

  @Text({ description: 'Where it was found, for example "ingress" or "normalise".' })
  stage!: string;

  @Text({ nullable: true })
  sourceTopic!: string | null;

  @Whole({ min: 0, max: 2 ** 31 - 1, nullable: true })
  sourcePartition!: number | null;

  @Text({ nullable: true })
  sourceOffset!: string | null;

  @OneWord(STATUSES)
  status!: Status;

  @Instant()
  receivedAt!: string;

  @Instant({ nullable: true })
  settledAt!: string | null;
}
