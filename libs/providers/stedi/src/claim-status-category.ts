import type { ClaimStatus } from '@claimwire/contracts';

/** X12 code list 507 (claim status category) as the README maps it; R0 to R17 all ask for information. */
const CATEGORIES: Readonly<Record<string, ClaimStatus>> = {
  A0: 'received',
  A1: 'received',
  A2: 'accepted',
  A5: 'accepted',
  A3: 'rejected',
  A4: 'rejected',
  A6: 'rejected',
  A7: 'rejected',
  A8: 'rejected',
  P0: 'pending',
  P1: 'pending',
  P2: 'pending',
  P5: 'pending',
  P3: 'info_requested',
  P4: 'info_requested',
  F0: 'adjudicated',
  F3: 'adjudicated',
  F3F: 'adjudicated',
  F3N: 'adjudicated',
  F4: 'adjudicated',
  F2: 'denied',
  F1: 'paid',
};
const REQUEST_FOR_INFORMATION = /^R(?:\d|1[0-7])$/;

export function categoryStatus(code: string): ClaimStatus {
  if (REQUEST_FOR_INFORMATION.test(code)) return 'info_requested';
  return Object.hasOwn(CATEGORIES, code) ? (CATEGORIES[code] ?? 'unknown') : 'unknown';
}

/** Pending, finalised and request categories do not belong in a 277CA, yet occur there. */
export function isOutsideStandard(code: string): boolean {
  return /^[PFR]/.test(code) && categoryStatus(code) !== 'unknown';
}

/** Most severe first; what the standard leaves out of a 277CA stands where its consequence for the biller puts it. */
const SEVERITY: readonly ClaimStatus[] = [
  'rejected',
  'denied',
  'info_requested',
  'pending',
  'adjudicated',
  'paid',
  'accepted',
  'received',
];

/** The category that counts where a claim has several; null where there is none. */
export function mostSevereCategory(codes: readonly string[]): string | null {
  for (const status of SEVERITY) {
    const code = codes.find((candidate) => categoryStatus(candidate) === status);
    if (code !== undefined) return code;
  }
  return codes[0] ?? null;
}
