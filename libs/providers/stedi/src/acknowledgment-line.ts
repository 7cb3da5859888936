import type { ClaimLine } from '@claimwire/contracts';
import { createDateRange, readCode, readDate, readDecimal, readIdentifier, readObject } from '@claimwire/provider-kit';
import { categoryStatus, mostSevereCategory } from './claim-status-category.js';
import { readStatusCodes, statusReasons, type StatusCode } from './status-codes.js';

export interface AcknowledgmentLine {
  line: ClaimLine;
  codes: StatusCode[];
}

/** A service line of a 277CA: there only where it is why the claim was rejected. Its status never is the claim's. */
export function readAcknowledgmentLine(value: unknown): AcknowledgmentLine {
  const line = readObject(value);
  const service = readObject(line.service);
  const codes = readStatusCodes(line.serviceClaimStatuses, 'serviceStatuses');
  const category = mostSevereCategory(codes.map((code) => code.category));
  const day = readDate(line.serviceLineDate);
  const start = readDate(line.beginServiceLineDate) ?? day;
  return {
    codes,
    line: {
      id: readIdentifier(line.lineItemControlNumber),
      procedure: readCode(service.procedureCode),
      billed: readDecimal(service.chargeAmount),
      approved: null,
      paid: null,
      status: category === null ? null : categoryStatus(category),
      reasons: statusReasons(codes),
      serviceDates: createDateRange(start, readDate(line.endServiceLineDate) ?? day),
    },
  };
}
