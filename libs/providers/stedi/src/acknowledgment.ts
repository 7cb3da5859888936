import type { Alias } from '@claimwire/contracts';
import {
  createDateRange,
  readCode,
  readDate,
  readDecimal,
  readIdentifier,
  readList,
  readObject,
  type JsonObject,
  type StatedFact,
} from '@claimwire/provider-kit';
import { readAcknowledgmentLine } from './acknowledgment-line.js';
import { categoryStatus, isOutsideStandard, mostSevereCategory } from './claim-status-category.js';
import type { ReportPartBody } from './report-part.js';
import { readStatusCodes, statusReasons } from './status-codes.js';

/** Entity identifier of the payer node (X12 element 98): who says what the report says. */
const REPORTERS = new Map([
  ['AY', 'clearinghouse'],
  ['PR', 'payer'],
]);

function aliasesOf(claimStatus: JsonObject, report: JsonObject): Alias[] {
  const aliases: [string, unknown][] = [
    ['stedi.payerClaimControlNumber', claimStatus.tradingPartnerClaimNumber],
    ['stedi.clearinghouseTraceNumber', claimStatus.clearinghouseTraceNumber],
    ['stedi.claimTransactionBatchNumber', report.claimTransactionBatchNumber],
  ];
  return aliases.flatMap(([system, id]) => {
    const value = readIdentifier(id);
    return value === null ? [] : [{ system, value }];
  });
}

const readCharge = (claimStatus: JsonObject) =>
  readList(claimStatus.informationClaimStatuses)
    .map((information) => readDecimal(readObject(information).totalClaimChargeAmount))
    .find((amount) => amount !== null) ?? null;

/** What one claim of a 277CA states; the part of the fact that both reports share is added by the caller. */
export function stateAcknowledgment(part: ReportPartBody): Partial<StatedFact> & Pick<StatedFact, 'status'> {
  const claimStatus = readObject(part.claim.claimStatus);
  const codes = readStatusCodes(claimStatus.informationClaimStatuses, 'informationStatuses');
  const categories = codes.map(({ category }) => category);
  const category = mostSevereCategory(categories);
  const lines = readList(part.claim.serviceLines).map(readAcknowledgmentLine);
  const stated = [...codes, ...lines.flatMap((line) => line.codes)];
  const singleDay = readDate(claimStatus.claimServiceDate);
  return {
    status: category === null ? 'unknown' : categoryStatus(category),
    providerStatus: category,
    reportedBy: REPORTERS.get(readCode(readObject(part.report.payer).entityIdentifierCode) ?? '') ?? null,
    reasons: statusReasons(codes),
    lines: lines.map(({ line }) => line),
    amounts: { billed: readCharge(claimStatus) },
    serviceDates: createDateRange(
      readDate(claimStatus.claimServiceBeginDate) ?? singleDay,
      readDate(claimStatus.claimServiceEndDate) ?? singleDay,
    ),
    aliases: aliasesOf(claimStatus, part.report),
    flags: stated.some((code) => isOutsideStandard(code.category)) ? ['status_outside_standard'] : [],
  };
}
