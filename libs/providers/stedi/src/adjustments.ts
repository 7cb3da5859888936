import type { DecimalString, Reason } from '@claimwire/contracts';
import { addDecimals, readCode, readDecimal, readList, readObject } from '@claimwire/provider-kit';

export interface Adjustment {
  group: string;
  code: string;
  /** null where none is stated. */
  amount: DecimalString | null;
  /** An amount is stated and cannot be read. */
  isUnreadable: boolean;
}

/** One CAS segment has up to six pairs of reason and amount. */
const PAIRS = [1, 2, 3, 4, 5, 6];

/** Claim or service line adjustments of an 835 report. */
export function readAdjustments(value: unknown): Adjustment[] {
  return readList(value)
    .map(readObject)
    .flatMap((segment) => {
      const group = readCode(segment.claimAdjustmentGroupCode)?.toUpperCase() ?? '';
      return PAIRS.flatMap((pair) => {
        const code = readCode(segment[`adjustmentReasonCode${pair}`]);
        return code === null ? [] : [{ group, code, ...readAmount(segment[`adjustmentAmount${pair}`]) }];
      });
    });
}

function readAmount(stated: unknown): Pick<Adjustment, 'amount' | 'isUnreadable'> {
  const amount = readDecimal(stated);
  const isStated = stated !== undefined && stated !== null && stated !== '';
  return { amount, isUnreadable: isStated && amount === null };
}

const ZERO = '0.00';

export function sumAdjustments(
  adjustments: readonly Adjustment[],
  matches: (adjustment: Adjustment) => boolean,
): DecimalString {
  return addDecimals(ZERO, ...adjustments.filter(matches).map(({ amount }) => amount ?? ZERO));
}

/** One reason per group and code, with the sum of what was adjusted for it. */
export function adjustmentReasons(adjustments: readonly Adjustment[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { group, code, amount } of adjustments) {
    const key = `${group} ${code}`;
    const known = reasons.get(key);
    const sum = known?.amount === undefined ? amount : addDecimals(known.amount, amount ?? ZERO);
    reasons.set(key, {
      system: 'x12.carc',
      code,
      ...(group === '' ? {} : { group }),
      ...(sum === null ? {} : { amount: sum }),
    });
  }
  return [...reasons.values()];
}
