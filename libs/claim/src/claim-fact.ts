import type {
  Alias,
  ClaimLine,
  ClaimStatus,
  DateRange,
  DecimalString,
  Payment,
  RawReference,
  Reason,
  Timestamp,
} from '@claimwire/contracts';

/** What one event states about money; null = it says nothing. */
export interface StatedAmounts {
  billed: DecimalString | null;
  allowed: DecimalString | null;
  approved: DecimalString | null;
  paid: DecimalString | null;
  patientResponsibility: DecimalString | null;
}

/** One 835 claim payment: a line of the claim's ledger. A reversal is negative. */
export interface RemittanceEntry {
  payer: string;
  trace: string;
  /** YYYY-MM-DD */
  productionDate: string;
  /** Where in the report it stands, for example "0.2.1": two equal ones in one report are two. */
  path: string;
  billed: DecimalString;
  paid: DecimalString;
  patientResponsibility: DecimalString;
}

/** A canonical fact about one claim, as one webhook (or one claim of a report) stated it: the input of the fold. */
export interface ClaimFact {
  /** Deterministic: the same fact arriving twice has the same id (contracts: claimEventId). */
  eventId: string;
  claimKey: string;
  tenant: string;
  /** Provider part of the claim key; "stedi-test" for what is not production. */
  provider: string;
  connection: string;
  /** Orders the claim's events. Microseconds kept: "2020-02-11T13:56:45.249767Z". */
  occurredAt: Timestamp;
  /** Breaks ties of occurredAt: earlier stages of a claim's life first (libs/claim SPEC). */
  stageRank: number;
  /** Breaks the next ties: compared as lists of integers. */
  sequence: number[];
  status: ClaimStatus;
  /** The provider's own word for it, kept where it maps to unknown; never free text. */
  providerStatus: string | null;
  /** Canonical form of the previous status that the provider names, where it does. */
  claimedPreviousStatus: ClaimStatus | null;
  event: string;
  reportedBy: string | null;
  transaction: string | null;
  partnership: string | null;
  environment: string;
  reasons: Reason[];
  currency: string | null;
  amounts: StatedAmounts;
  remittance: RemittanceEntry | null;
  payment: Payment | null;
  lines: ClaimLine[];
  serviceDates: DateRange | null;
  aliases: Alias[];
  /** Flags the provider module raises, for example "status_outside_standard". */
  flags: string[];
  raw: RawReference;
  receivedAt: Timestamp;
}
