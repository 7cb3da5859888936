import type {
  Alias,
  Amounts,
  ClaimLine,
  ClaimStatus,
  DateRange,
  Payment,
  Reason,
  Timestamp,
} from '@claimwire/contracts';
import type { Ledger } from './ledger.js';
import type { OrderKey } from './order.js';

/**
 * Raised with every change of the fold that can change a result. A stored accumulator of another revision is not built
 * upon: its claim is folded again from the history, so a deployment needs no migration.
 */
export const FOLD_REVISION = 1;

/**
 * What the fold knows after some events: enough to apply the next in order without reading the history. Immutable, and
 * plain JSON whose meaning does not depend on the order of its keys (a jsonb column changes it).
 */
export interface ClaimAccumulator {
  readonly revision: number;
  readonly claimKey: string;
  readonly tenant: string;
  readonly provider: string;
  /** Place of the last event in order. */
  readonly last: OrderKey;
  readonly status: ClaimStatus;
  /** Status of the last event in order, also where it was `unknown` and changed nothing. */
  readonly lastReported: ClaimStatus;
  readonly previousStatus: ClaimStatus | null;
  readonly statusSince: Timestamp;
  readonly reasons: readonly Reason[];
  readonly attempt: number;
  readonly flags: readonly string[];
  readonly amounts: Readonly<Amounts>;
  /** Null until the claim has an 835 entry. */
  readonly ledger: Ledger | null;
  readonly payment: Payment | null;
  readonly lines: readonly ClaimLine[];
  readonly serviceDates: DateRange | null;
  readonly aliases: readonly Alias[];
  readonly firstReceivedAt: Timestamp;
  readonly lastReceivedAt: Timestamp;
}
