import type { Reason } from '@claimwire/contracts';
import { readCode, readList, readObject } from '@claimwire/provider-kit';

export interface StatusCode {
  /** X12 code list 507. */
  category: string;
  /** X12 code list 508. */
  code: string | null;
}

/**
 * All codes of a claim or a line.
 * @param groups each has a list of statuses, because a payer may state several at once
 * @param member name of that list
 */
export function readStatusCodes(groups: unknown, member: 'informationStatuses' | 'serviceStatuses'): StatusCode[] {
  return readList(groups)
    .flatMap((group) => readList(readObject(group)[member]).map(readObject))
    .flatMap((status) => {
      const category = readCode(status.healthCareClaimStatusCategoryCode)?.toUpperCase();
      return category ? [{ category, code: readCode(status.statusCode) }] : [];
    });
}

/** Category and status codes, each once. */
export function statusReasons(codes: readonly StatusCode[]): Reason[] {
  const reasons = codes.flatMap(({ category, code }) => [
    { system: 'x12.507', code: category },
    ...(code === null ? [] : [{ system: 'x12.508', code }]),
  ]);
  return reasons.filter(
    (reason, index) =>
      reasons.findIndex((other) => other.system === reason.system && other.code === reason.code) === index,
  );
}
