import type { ClaimState } from '@claimwire/contracts';
import type { ClaimAccumulator } from '../src/claim-accumulator.js';
import type { ClaimFact } from '../src/claim-fact.js';
import type { PlannedEvent } from '../src/plan-claim.js';
import { needsHistory, planClaim } from '../src/plan-claim.js';
import type { Delivery } from './arbitrary-facts.js';

export interface StoredClaim {
  events: PlannedEvent[];
  accumulator: ClaimAccumulator;
  state: ClaimState;
}

/** As a jsonb column gives a value back: through text, with its keys in another order. */
function throughDatabase<Value>(value: Value): Value {
  const reversed = (_key: string, part: unknown): unknown =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).reverse())
      : part;
  return JSON.parse(JSON.stringify(value), reversed) as Value;
}

/** What a normaliser does with the planner, without the database: cuts duplicates, reads the history only when asked to. */
export function storeClaim({ arrivals, batches }: Delivery): StoredClaim {
  const stored: PlannedEvent[] = [];
  let accumulator: ClaimAccumulator | null = null;
  let state: ClaimState | null = null;
  for (const incoming of cut(firstOfEach(arrivals), batches)) {
    const history = needsHistory(accumulator, incoming)
      ? stored.map(({ fact }): ClaimFact => throughDatabase(fact))
      : null;
    const plan = planClaim({ accumulator, version: stored.length, history, incoming });
    stored.push(...plan.events);
    accumulator = throughDatabase(plan.accumulator);
    state = plan.state;
  }
  return { events: stored, accumulator: accumulator!, state: state! };
}

/** As the unique event id does: the first copy to arrive is the one that is stored. */
function firstOfEach(arrivals: ClaimFact[]): ClaimFact[] {
  return arrivals.filter(
    (arrival, index) => index === arrivals.findIndex(({ eventId }) => eventId === arrival.eventId),
  );
}

function cut(arrivals: ClaimFact[], sizes: number[]): ClaimFact[][] {
  const rest = [...arrivals];
  const batches = [...sizes, rest.length].map((size) => rest.splice(0, size));
  return batches.filter((batch) => batch.length > 0);
}
