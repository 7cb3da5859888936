import type { Timestamp } from '@claimwire/contracts';
import type { JsonObject } from '@claimwire/provider-kit';
import type { ReportKind } from './transaction-event.js';

/** What is known of a report's transaction before its content is looked at. */
export interface ReportContext {
  transactionId: string;
  /** Orders the claims' events. */
  processedAt: Timestamp;
  /** "production", "test" or "other". */
  mode: string;
  partnership: string | null;
  account: string | null;
}

/** Body of a message on `claims.raw.stedi-reports.v1`: one claim's part of a report, with its context. */
export interface ReportPartBody extends ReportContext {
  kind: ReportKind;
  patientControlNumber: string;
  /** Index of every level on the way to the claim: equal claims in one report stay apart. */
  path: number[];
  /** Members of the levels above the claim, without those that name patients or providers of care. */
  report: JsonObject;
  /** 277: `claims[]` item. 835: `paymentInfo[]` item without the parts that name people. */
  claim: JsonObject;
}

export interface ReportPart {
  /** Upper case: claims are matched without regard to case (README). */
  patientControlNumber: string;
  path: number[];
  body: ReportPartBody;
}

export interface ExplodedReport {
  parts: ReportPart[];
  /** Claims without a usable patient control number: they cannot be assigned, so the report needs a person's look. */
  unreadable: number;
}

/** Identity of one claim's part, for `ce_id`: a report fetched twice yields the same events. */
export function reportPartIdentity(transactionId: string, path: readonly number[]): string {
  return `${transactionId}:${path.join('.')}`;
}
