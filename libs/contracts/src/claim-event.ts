import type { ClaimStatus } from './claim-status.js';

/** A decimal number as text, for example "228.00". Never a float: cents must net exactly. */
export type DecimalString = string;

/** ISO 8601 in UTC with 3 or 6 fraction digits, for example "2025-03-11T14:35:00.000Z". */
export type Timestamp = string;

export interface Amounts {
  /** ISO 4217, or null where the provider names none. */
  currency: string | null;
  billed: DecimalString | null;
  allowed: DecimalString | null;
  approved: DecimalString | null;
  paid: DecimalString | null;
  patientResponsibility: DecimalString | null;
}

export interface Reason {
  /** Code list, for example "x12.277", "x12.508", "x12.carc", "cair.submission_error". */
  system: string;
  code: string;
  /** CAS group of an adjustment: CO, PR, OA, PI. */
  group?: string;
  amount?: DecimalString;
  /** A provider's free text: only where the tenant switched it on (minimum necessary). */
  text?: string;
}

export interface Alias {
  /** Namespace of the other identifier, for example "cair.claimLifecycleId". */
  system: string;
  value: string;
}

export interface Payment {
  /** Check or EFT trace number. */
  trace: string | null;
  /** YYYY-MM-DD */
  date: string | null;
  method: string | null;
}

export interface DateRange {
  /** First day, YYYY-MM-DD. */
  start: string;
  /** Last day, inclusive, YYYY-MM-DD. */
  end: string;
}

export interface ClaimLine {
  id: string | null;
  procedure: string | null;
  billed: DecimalString | null;
  approved: DecimalString | null;
  paid: DecimalString | null;
  status: ClaimStatus | null;
  reasons: Reason[];
  serviceDates: DateRange | null;
}

/** What one webhook said, apart from what the fold made of it. */
export interface Cause {
  provider: string;
  connection: string;
  /** The provider's own event name, for example "CLAIM_STATUS_CHANGE". */
  event: string;
  /** Canonical status that this one webhook reported. */
  status: ClaimStatus;
  /** Who says so: "clearinghouse", "payer", "provider", or null. */
  reportedBy: string | null;
  /** X12 transaction set: "277", "835", else null. */
  transaction: string | null;
  partnership: string | null;
  environment: string;
  reasons: Reason[];
}

export interface RawReference {
  topic: string;
  partition: number;
  offset: string;
  /** Hex SHA-256 of the raw bytes. */
  sha256: string;
}

export const CLAIM_EVENT_TYPES = ['claim.status_changed', 'claim.history_amended', 'claim.updated'] as const;
export type ClaimEventType = (typeof CLAIM_EVENT_TYPES)[number];

/** Value of `claims.events.v1` and body of a delivery. State after the fold, but `cause`: what one webhook said. */
export interface ClaimEvent {
  id: string;
  type: ClaimEventType;
  tenant: string;
  claimKey: string;
  /** Number of the claim's stored events: 1, 2, … without gap. A consumer that keeps the greatest has the truth. */
  version: number;
  attempt: number;
  status: ClaimStatus;
  previousStatus: ClaimStatus | null;
  /** It was not the last in order when it arrived. */
  late: boolean;
  flags: string[];
  occurredAt: Timestamp;
  receivedAt: Timestamp;
  cause: Cause;
  amounts: Amounts;
  payment: Payment | null;
  lines: ClaimLine[];
  serviceDates: DateRange | null;
  aliases: Alias[];
  raw: RawReference;
}

/** Value of `claims.state.v1`, and answer of `GET /v1/claims/{claimKey}`. */
export interface ClaimState {
  claimKey: string;
  tenant: string;
  provider: string;
  status: ClaimStatus;
  previousStatus: ClaimStatus | null;
  statusSince: Timestamp;
  version: number;
  attempt: number;
  flags: string[];
  amounts: Amounts;
  payment: Payment | null;
  reasons: Reason[];
  aliases: Alias[];
  firstReceivedAt: Timestamp;
  lastReceivedAt: Timestamp;
}
