import { Instant, Json, Nested, OneWord, Text, Whole } from '../http/fields.js';
import { PageQuery } from '../http/page.js';
import { Filters } from '../webhooks/bindings.dto.js';

const MAX_INT = 2 ** 31 - 1;
export const DEFAULT_RATE = 100;
const MAX_RATE = 1_000;
const KINDS = ['window', 'claim', 'event', 'error_queue'] as const;
const STATES = ['running', 'completed', 'cancelled'] as const;

/** Field: how fast a replay is made. */
export const Rate = () =>
  Whole({
    min: 1,
    max: MAX_RATE,
    optional: true,
    default: DEFAULT_RATE,
    description: 'Most deliveries a second, and most that wait at any time. Live events go first.',
  });

export class ReplayWindow {
  @Instant({ description: 'receivedAt of the first event.' })
  since!: string;

  @Instant({ optional: true, description: 'receivedAt before which the last event stands. Default: now.' })
  until?: string;

  @Nested(() => Filters, { optional: true, description: "Beside the webhook's bindings, which hold too." })
  filters?: Filters;

  @Rate()
  ratePerSecond: number = DEFAULT_RATE;
}

/** Of one claim, or of one event. */
export class ReplayTo {
  @Text({ max: 100 })
  webhookId!: string;

  @Rate()
  ratePerSecond: number = DEFAULT_RATE;
}

export class ListReplays extends PageQuery {
  @OneWord(KINDS, { optional: true })
  kind?: (typeof KINDS)[number];
}

const Count = (description: string) => Whole({ min: 0, max: MAX_INT, description });

export class ReplayView {
  @Text({ description: 'Value of the header claimwire-replay on its deliveries.' })
  replayId!: string;

  @Text()
  webhookId!: string;

  @OneWord(KINDS)
  kind!: (typeof KINDS)[number];

  @Json({ description: 'What was asked for.' })
  selection!: Record<string, unknown>;

  @Whole({ min: 1, max: MAX_RATE })
  ratePerSecond!: number;

  @OneWord(STATES, { description: 'completed = every delivery is made and settled.' })
  state!: (typeof STATES)[number];

  @Whole({
    min: 0,
    max: MAX_INT,
    nullable: true,
    description: 'Events in the selection before filters and bindings; null = not counted.',
  })
  total!: number | null;

  @Count('Of these, how many were looked at.')
  scanned!: number;

  @Count('Deliveries that were made.')
  count!: number;

  @Count('Of these, how many wait or are being sent.')
  pending!: number;

  @Count('… were delivered.')
  delivered!: number;

  @Count('… were rejected by a 406.')
  rejected!: number;

  @Count('… are in the error queue.')
  failed!: number;

  @Count('… were given up: cancelled, or retried from the error queue.')
  superseded!: number;

  @Text({ description: 'Who started it.' })
  createdBy!: string;

  @Instant()
  createdAt!: string;

  @Instant({ nullable: true, description: 'When the last delivery was made, or the replay was cancelled.' })
  endedAt!: string | null;
}
