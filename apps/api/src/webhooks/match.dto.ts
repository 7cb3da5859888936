import { ApiProperty } from '@nestjs/swagger';
import { CLAIM_EVENT_TYPES, CLAIM_STATUSES, NOTICE_TYPES } from '@claimwire/contracts';
import { WEBHOOK_STATUSES } from '@claimwire/postgres/schema';
import { Nested, OneWord, Text, Texts, Whole, YesNo } from '../http/fields.js';
import { BindingView } from './bindings.dto.js';

const MAX_INT = 2 ** 31 - 1;

/** What bindings ask about an event. */
export class ExampleEvent {
  @OneWord([...CLAIM_EVENT_TYPES, ...NOTICE_TYPES])
  type!: string;

  @Text({ optional: true, max: 200 })
  provider?: string;

  @Text({ optional: true, max: 200, description: 'Id of a connection.' })
  connection?: string;

  @OneWord(CLAIM_STATUSES, { optional: true, description: 'The state after the fold.' })
  status?: string;

  @OneWord(['277', '835'], { optional: true })
  transaction?: string;

  @Text({ optional: true, max: 200 })
  partnership?: string;

  @Text({ optional: true, max: 200 })
  environment?: string;

  @Text({ optional: true, max: 200, description: 'What a notice is about.' })
  entity?: string;
}

/** Exactly one of eventId and event. */
export class MatchQuestion {
  @Text({ optional: true, max: 200, description: 'Id of a stored claim event or notice.' })
  eventId?: string;

  @Nested(() => ExampleEvent, { optional: true })
  event?: ExampleEvent;

  @Text({ optional: true, max: 100, description: 'Ask about this webhook only.' })
  webhookId?: string;
}

export class UnmetView {
  @Text({ description: '"eventType", "entity" (a notice about the webhook itself), or the name of a filter.' })
  condition!: string;

  @Texts({ description: 'Any of these would do.' })
  wanted!: string[];

  @Text({ nullable: true, description: 'What the event has.' })
  actual!: string | null;
}

export class MatchedBinding extends BindingView {
  @YesNo()
  matches!: boolean;

  @ApiProperty({ type: UnmetView, isArray: true, description: 'Why not.' })
  unmet!: UnmetView[];
}

export class MatchedWebhook {
  @Text()
  webhookId!: string;

  @Text()
  name!: string;

  @OneWord(WEBHOOK_STATUSES, { description: 'Unless it is active, what matches is kept until it is.' })
  status!: string;

  @YesNo({ description: 'One delivery, however many bindings match.' })
  matches!: boolean;

  @ApiProperty({ type: MatchedBinding, isArray: true })
  bindings!: MatchedBinding[];
}

export class MatchView {
  @ApiProperty({ type: MatchedWebhook, isArray: true, description: 'Those that match first, at most 200.' })
  data!: MatchedWebhook[];

  @Whole({ min: 0, max: MAX_INT, description: 'Webhooks that match.' })
  matching!: number;

  @Whole({ min: 0, max: MAX_INT, description: 'Webhooks that were asked about.' })
  total!: number;
}
