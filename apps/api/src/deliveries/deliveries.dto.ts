import { ArrayMaxSize, IsArray, IsIn, Matches } from 'class-validator';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IfStated, Instant, Json, Nested, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';
import { Filters } from '../webhooks/bindings.dto.js';

const MAX_INT = 2 ** 31 - 1;
const MAX_IDS = 1_000;

export class ListLogs extends PageQuery {
  @Text({ optional: true, description: 'Id of the event.' })
  eventId?: string;

  @Text({ optional: true })
  claimKey?: string;

  @Whole({ min: 100, max: 599, optional: true, description: 'HTTP status of the answer.' })
  status?: number;

  @Text({ optional: true, max: 100, description: 'Code of the error, for example "timeout".' })
  error?: string;
}

class DeliveryFields {
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

  @Json({ description: 'Milliseconds per phase.' })
  phases!: Record<string, number>;

  @Json({ description: 'As it was sent, secrets masked.' })
  request!: Record<string, unknown>;

  @Json({ nullable: true, description: 'Its body cut at 2 kB.' })
  response!: Record<string, unknown> | null;
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

/** Exactly one of the three. */
export class RetryErrors {
  @ApiPropertyOptional({ type: 'array', items: { type: 'string' }, maxItems: MAX_IDS, description: 'Of the queue.' })
  @IfStated()
  @IsArray()
  @ArrayMaxSize(MAX_IDS)
  @Matches(/^\d{1,18}$/, { each: true, message: 'each of ids must be an id of the error queue' })
  ids?: string[];

  @ApiPropertyOptional({ type: 'boolean', enum: [true] })
  @IfStated()
  @IsIn([true])
  all?: true;

  @Instant({ optional: true, description: 'What went to the queue since then.' })
  since?: string;
}

export class ReplayWindow {
  @Instant({ description: 'receivedAt of the first event.' })
  since!: string;

  @Instant({ optional: true, description: 'receivedAt before which the last event stands. Default: now.' })
  until?: string;

  @Nested(() => Filters, { optional: true, description: "Beside the webhook's bindings, which hold too." })
  filters?: Filters;
}

export class ReplayClaim {
  @Text({ max: 100 })
  webhookId!: string;
}

export class ReplayView {
  @Text({ description: 'Value of the header claimwire-replay on its deliveries.' })
  replayId!: string;

  @Whole({ min: 0, max: MAX_INT, description: 'Deliveries that were made.' })
  count!: number;
}

export class TestDeliveryView {
  @Text()
  eventId!: string;

  @OneWord(['webhook.test'])
  type!: 'webhook.test';
}
