import { readFileSync } from 'node:fs';
import type { ClaimHistoryEntry } from '@claimwire/claim';
import type { ClaimState } from '@claimwire/contracts';
import { describe, expect, it } from 'vitest';
import { historyInOrder, stateInOrder } from './documented-order.js';

const golden = (name: string) =>
  readFileSync(new URL(`../../../../libs/contracts/golden/${name}.json`, import.meta.url), 'utf8');

/** As jsonb gives it back: short names first, then by the alphabet. */
const asJsonb = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asJsonb);
  if (typeof value !== 'object' || value === null) return value;
  const byLength = ([a]: [string, unknown], [b]: [string, unknown]) => a.length - b.length || (a < b ? -1 : 1);
  return Object.fromEntries(
    Object.entries(value)
      .sort(byLength)
      .map(([name, member]) => [name, asJsonb(member)]),
  );
};

describe('what PostgreSQL stored as jsonb', () => {
  it.each(['claim-state.corrected', 'claim-state.second-attempt'])('is read in the documented order: %s', (name) => {
    const state = JSON.parse(golden(name)) as ClaimState;
    const stored = asJsonb(state) as ClaimState;
    expect(JSON.stringify(stored)).not.toBe(JSON.stringify(state));
    expect(JSON.stringify(stateInOrder(stored))).toBe(JSON.stringify(state));
  });

  it('keeps what this version does not know, at the end', () => {
    const entry = { newer: 1, version: 1, id: 'e', reasons: [{ code: '1', more: 2, system: 's' }] };
    const ordered = historyInOrder(entry as unknown as ClaimHistoryEntry);
    expect(JSON.stringify(ordered)).toBe(
      '{"id":"e","version":1,"reasons":[{"system":"s","code":"1","more":2}],"newer":1}',
    );
  });
});
