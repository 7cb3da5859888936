import type { Delivery } from '../lanes/delivery.js';
import type { Outcome } from '../policy/decide-outcome.js';
import type { Phases } from './http-exchange.js';

/** One try as `delivery_attempts` keeps it, secrets masked. */
export interface AttemptRecord {
  /** Milliseconds since the epoch. */
  at: number;
  status: number | null;
  error: string | null;
  phases: Phases;
  /** JSON: method, url, headers. */
  request: string;
  /** null where there was no answer. */
  response: { headers: Record<string, unknown>; body: string } | null;
}

/** What became of a delivery, to be stored. `superseded`: a newer one took its place before it was sent again. */
export interface Settlement {
  delivery: Delivery;
  outcome: Outcome | { type: 'superseded' };
  /** null where nothing was tried. */
  attempt: AttemptRecord | null;
}
