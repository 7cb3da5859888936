import { ArrayMaxSize, ArrayMinSize, IsArray, MaxLength } from 'class-validator';
import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IfStated, Instant, Nested, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';

const MAX_INT = 2 ** 31 - 1;
/** Items that one request settles: each is read from its topic and published again. */
export const MOST_AT_ONCE = 500;
const STATUSES = ['open', 'retried', 'discarded'] as const;
type Status = (typeof STATUSES)[number];

/** All that are stated must hold. */
export class ItemFilter {
  @Text({ max: 100, optional: true })
  reason?: string;

  @Text({ max: 100, optional: true, description: 'Where it was found, for example "ingress" or "normalise".' })
  stage?: string;

  @Text({ max: 100, optional: true, description: 'Id of the connection.' })
  connection?: string;

  @Instant({ optional: true, description: 'Received then or later.' })
  since?: string;

  @Instant({ optional: true, description: 'Received before.' })
  until?: string;

  @OneWord(['true', 'false'], {
    optional: true,
    description: 'true: open, and its bytes are gone within 7 days, or are gone.',
  })
  expiring?: 'true' | 'false';
}

class StatusFilter {
  @OneWord(STATUSES, { optional: true })
  status?: Status;
}

export class ListQuarantine extends IntersectionType(PageQuery, StatusFilter, ItemFilter) {}

/** Open items; exactly one of `ids` and `filter`. */
export class ItemSelection {
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', maxLength: 100 },
    minItems: 1,
    maxItems: MOST_AT_ONCE,
  })
  @IfStated()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_AT_ONCE)
  @MaxLength(100, { each: true })
  ids?: string[];

  @Nested(() => ItemFilter, { optional: true, description: 'An empty one selects every open item.' })
  filter?: ItemFilter;

  @Whole({ min: 1, max: MOST_AT_ONCE, optional: true, default: 100, description: 'Most items, first received first.' })
  limit: number = 100;
}

class Why {
  @Text({ max: 200, description: 'For the audit log. Nothing of a patient.' })
  reason!: string;
}

export class DiscardItem extends Why {}

export class DiscardItems extends IntersectionType(ItemSelection, Why) {}

class SkippedItem {
  @Text()
  id!: string;

  @OneWord(['not_found', 'not_open', 'gone'], { description: '"gone": its topic no longer holds the bytes.' })
  reason!: 'not_found' | 'not_open' | 'gone';
}

export class ProgressView {
  @Whole({ min: 0, max: MAX_INT, description: 'Items that are settled now.' })
  settled!: number;

  @ApiPropertyOptional({ type: SkippedItem, isArray: true })
  skipped!: SkippedItem[];

  @Whole({
    min: 0,
    max: MAX_INT,
    description: 'Open items of the selection that are left; the same request goes on with them.',
  })
  remaining!: number;
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

  @Whole({ min: 0, max: MAX_INT, nullable: true })
  sourcePartition!: number | null;

  @Text({ nullable: true })
  sourceOffset!: string | null;

  @OneWord(STATUSES)
  status!: Status;

  @Whole({
    min: 1,
    max: MAX_INT,
    description: 'How often the event was quarantined by now, for example after retries.',
  })
  attempt!: number;

  @Text({ nullable: true, description: 'The earlier item of the same event.' })
  previousId!: string | null;

  @Instant()
  receivedAt!: string;

  @Instant({ description: "When the topic's retention removes the bytes: nothing can be read or retried after it." })
  expiresAt!: string;

  @Instant({ nullable: true })
  settledAt!: string | null;

  @Text({ nullable: true })
  discardReason!: string | null;
}
