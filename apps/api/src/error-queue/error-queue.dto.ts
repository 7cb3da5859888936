import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, Matches } from 'class-validator';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { AttemptView, DeliveryFields } from '../deliveries/deliveries.dto.js';
import { IfStated, Instant, Nested, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';
import { DEFAULT_RATE, Rate } from '../replays/replays.dto.js';

const MAX_INT = 2 ** 31 - 1;
const MAX_IDS = 1_000;

/** All that is stated must hold. */
export class FailedFilter {
  @Text({ optional: true, max: 100 })
  eventType?: string;

  @Text({ optional: true, max: 200 })
  eventId?: string;

  @Text({ optional: true })
  claimKey?: string;

  @Text({ optional: true, max: 100, description: 'As in lastError, for example "timeout" or "http_500".' })
  error?: string;

  @Instant({ optional: true, description: 'What went to the queue from then on.' })
  since?: string;

  @Instant({ optional: true, description: 'What went to the queue before.' })
  until?: string;
}

export class ListFailed extends IntersectionType(PageQuery, FailedFilter) {}

/** Exactly one of ids, all and filter. */
export class FailedSelection {
  @ApiPropertyOptional({ type: 'array', items: { type: 'string' }, maxItems: MAX_IDS, description: 'Of the queue.' })
  @IfStated()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @Matches(/^\d{1,18}$/, { each: true, message: 'each of ids must be an id of the error queue' })
  ids?: string[];

  @ApiPropertyOptional({ type: 'boolean', enum: [true] })
  @IfStated()
  @IsIn([true])
  all?: true;

  @Nested(() => FailedFilter, { optional: true })
  filter?: FailedFilter;
}

/** Exactly one of ids, all, since and filter. */
export class RetryErrors extends FailedSelection {
  @Instant({ optional: true, description: 'What went to the queue since then.' })
  since?: string;

  @Rate()
  ratePerSecond: number = DEFAULT_RATE;
}

export class RetryOne {
  @Rate()
  ratePerSecond: number = DEFAULT_RATE;
}

export class PurgeView {
  @Whole({ min: 0, max: MAX_INT, description: 'Deliveries that were removed from the queue.' })
  deleted!: number;

  @Whole({ min: 0, max: MAX_INT, description: 'How many more the selection holds: ask again until it is 0.' })
  remaining!: number;
}

export class FailedDeliveryView extends DeliveryFields {
  @Whole({ min: 0, max: MAX_INT })
  attempts!: number;

  @Text({ nullable: true })
  lastError!: string | null;

  @Instant({ nullable: true })
  firstAttemptAt!: string | null;

  @Instant()
  createdAt!: string;

  @Instant({ nullable: true })
  failedAt!: string | null;
}

export class FailedDeliveryDetail extends FailedDeliveryView {
  @ApiProperty({ type: AttemptView, isArray: true, description: 'Its newest attempts, newest first.' })
  log!: AttemptView[];
}
