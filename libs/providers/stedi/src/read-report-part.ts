import { parseJsonObject, readCode, readIdentifier, readObject, readTimestamp } from '@claimwire/provider-kit';
import type { ReportPartBody } from './report-part.js';
import { isReportKind } from './transaction-event.js';
import { readTransactionId } from './envelope.js';

const isPath = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((index) => Number.isSafeInteger(index) && index >= 0);

/** @returns a constant reason code where the message is not one that `explodeReport` made */
export function readReportPart(bytes: Buffer): ReportPartBody | string {
  const body = parseJsonObject(bytes);
  if (!body) return 'not_a_json_object';
  const kind = readCode(body.kind);
  const transactionId = readTransactionId(body.transactionId);
  const patientControlNumber = readIdentifier(body.patientControlNumber);
  const processedAt = readTimestamp(body.processedAt);
  if (!isReportKind(kind)) return 'report_kind_unknown';
  if (transactionId === null || !isPath(body.path)) return 'report_part_malformed';
  if (patientControlNumber === null) return 'claim_id_missing';
  if (processedAt === null) return 'event_time_missing';
  return {
    kind,
    transactionId,
    processedAt,
    mode: readCode(body.mode) ?? 'unknown',
    partnership: readCode(body.partnership),
    account: readCode(body.account),
    patientControlNumber: patientControlNumber.toUpperCase(),
    path: body.path,
    report: readObject(body.report),
    claim: readObject(body.claim),
  };
}
