/** What the fold itself notices; a provider module may add its own words through `ClaimFact.flags` (SPEC, L19–L21). */
export const FOLD_FLAGS = {
  unknownStatus: 'unknown_status',
  oddTransition: 'odd_transition',
  gap: 'gap',
  duplicateRemittance: 'duplicate_remittance',
} as const;

/** Sorted union; the same array when nothing is new, so that accumulators share it. */
export function addFlags(flags: readonly string[], added: readonly string[]): readonly string[] {
  const fresh = added.filter((flag) => !flags.includes(flag));
  return fresh.length === 0 ? flags : [...new Set([...flags, ...fresh])].sort();
}
