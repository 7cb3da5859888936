import type { Amounts, ClaimStatus, Reason, Timestamp } from '@claimwire/contracts';
import type { ClaimFact } from './claim-fact.js';
import { statedAmounts } from './fold-amounts.js';
import { moneyOrNull } from './money.js';

/** A row of `GET /v1/claims/{claimKey}/events`: what one webhook reported, whatever the fold made of it. */
export interface HistoryEntry {
  id: string;
  version: number;
  occurredAt: Timestamp;
  receivedAt: Timestamp;
  late: boolean;
  status: ClaimStatus;
  reasons: Reason[];
  amounts: Amounts;
  provider: string;
  connection: string;
}

export interface StoredFact {
  fact: ClaimFact;
  version: number;
  late: boolean;
}

export function historyEntry({ fact, version, late }: StoredFact): HistoryEntry {
  const { eventId, occurredAt, receivedAt, status, reasons, provider, connection, remittance } = fact;
  const amounts = statedAmounts(fact);
  // an 835 entry states these two as its share of the claim's ledger
  amounts.paid ??= moneyOrNull(remittance?.paid ?? null);
  amounts.patientResponsibility ??= moneyOrNull(remittance?.patientResponsibility ?? null);
  return { id: eventId, version, occurredAt, receivedAt, late, status, reasons, amounts, provider, connection };
}
