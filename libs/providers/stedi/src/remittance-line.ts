import type { ClaimLine, DateRange, Reason } from '@claimwire/contracts';
import {
  createDateRange,
  readCode,
  readDate,
  readDecimal,
  readIdentifier,
  readList,
  readObject,
  type JsonObject,
} from '@claimwire/provider-kit';
import { adjustmentReasons, readAdjustments, type Adjustment } from './adjustments.js';

export interface RemittanceLine {
  line: ClaimLine;
  adjustments: Adjustment[];
}

const remarks = (line: JsonObject): Reason[] =>
  readList(line.healthCareCheckRemarkCodes)
    .map((remark) => readCode(readObject(remark).remarkCode))
    .flatMap((code) => (code === null ? [] : [{ system: 'x12.rarc', code }]));

export function readRemittanceLine(value: unknown): RemittanceLine {
  const line = readObject(value);
  const payment = readObject(line.servicePaymentInformation);
  const adjustments = readAdjustments(line.serviceAdjustments);
  const day = readDate(line.serviceDate);
  return {
    adjustments,
    line: {
      id: readIdentifier(line.lineItemControlNumber),
      procedure: readCode(payment.adjudicatedProcedureCode),
      billed: readDecimal(payment.lineItemChargeAmount),
      approved: null,
      paid: readDecimal(payment.lineItemProviderPaymentAmount),
      status: null,
      reasons: [...adjustmentReasons(adjustments), ...remarks(line)],
      serviceDates: createDateRange(readDate(line.serviceStartDate) ?? day, readDate(line.serviceEndDate) ?? day),
    },
  };
}

/** From the first day of any line to the last. */
export function spanOf(lines: readonly ClaimLine[]): DateRange | null {
  const ranges = lines.flatMap(({ serviceDates }) => serviceDates ?? []);
  const starts = ranges.map(({ start }) => start).sort();
  const ends = ranges.map(({ end }) => end).sort();
  return createDateRange(starts[0] ?? null, ends.at(-1) ?? null);
}
