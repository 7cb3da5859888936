import type { Alias, Reason } from '@claimwire/contracts';
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
import { categoryStatus, isOutsideStandard, mostSevereCategory } from './claim-status-category.js';
import type { ReportPartBody } from './report-part.js';

/** Entity identifier of the payer node (X12 element 98): who says what the report says. */
const REPORTERS = new Map([
  ['AY', 'clearinghouse'],
  ['PR', 'payer'],
]);

interface StatusCode {
  category: string;
  code: string | null;
}

const readStatusCodes = (claimStatus: JsonObject): StatusCode[] =>
  readList(claimStatus.informationClaimStatuses)
    .flatMap((information) => readList(readObject(information).informationStatuses).map(readObject))
    .flatMap((status) => {
      const category = readCode(status.healthCareClaimStatusCategoryCode)?.toUpperCase();
      return category ? [{ category, code: readCode(status.statusCode) }] : [];
    });

/** Category (list 507) and status (list 508) codes, each once. */
function reasonsOf(codes: readonly StatusCode[]): Reason[] {
  const reasons = codes.flatMap(({ category, code }) => [
    { system: 'x12.507', code: category },
    ...(code === null ? [] : [{ system: 'x12.508', code }]),
  ]);
  return reasons.filter(
    (reason, index) =>
      reasons.findIndex((other) => other.system === reason.system && other.code === reason.code) === index,
  );
}

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
  const codes = readStatusCodes(claimStatus);
  const categories = codes.map(({ category }) => category);
  const category = mostSevereCategory(categories);
  const singleDay = readDate(claimStatus.claimServiceDate);
  return {
    status: category === null ? 'unknown' : categoryStatus(category),
    providerStatus: category,
    reportedBy: REPORTERS.get(readCode(readObject(part.report.payer).entityIdentifierCode) ?? '') ?? null,
    reasons: reasonsOf(codes),
    amounts: { billed: readCharge(claimStatus) },
    serviceDates: createDateRange(
      readDate(claimStatus.claimServiceBeginDate) ?? singleDay,
      readDate(claimStatus.claimServiceEndDate) ?? singleDay,
    ),
    aliases: aliasesOf(claimStatus, part.report),
    flags: categories.some(isOutsideStandard) ? ['status_outside_standard'] : [],
  };
}
