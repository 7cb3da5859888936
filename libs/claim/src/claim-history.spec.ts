import { expect, it } from 'vitest';
import { fact, remittance } from '../test/facts.js';
import { claimHistory } from './claim-history.js';
import type { ClaimFact } from './claim-fact.js';

const rejected = { system: 'x12.508', code: 'A7' };

const arrived = (...facts: ClaimFact[]) => {
  let latest = '';
  return facts.map((stored, index) => {
    const late = stored.occurredAt < latest;
    if (!late) latest = stored.occurredAt;
    return { fact: stored, version: index + 1, late };
  });
};

it('L25 tells for each event its place in both orders, whether it was late, and its type', () => {
  const stored = arrived(fact('b', 'rejected', 2), fact('a', 'submitted', 1), fact('c', 'submitted', 3));
  const told = claimHistory(stored).map(({ id, occurrence, version, late, type }) => [
    id,
    occurrence,
    version,
    late,
    type,
  ]);
  expect(told).toEqual([
    ['a', 1, 2, true, 'claim.history_amended'],
    ['b', 2, 1, false, 'claim.status_changed'],
    ['c', 3, 3, false, 'claim.status_changed'],
  ]);
});

it('L25 tells what storing each event changed in the claim as it was known until then', () => {
  const paid = { status: 'paid' as const, remittance: remittance('180.00') };
  const stored = arrived(
    fact('a', 'rejected', 2, { reasons: [rejected] }),
    fact('b', 'submitted', 1),
    fact('c', 'paid', 3, paid),
    fact('d', 'paid', 4),
  );
  const changed = Object.fromEntries(claimHistory(stored).map(({ id, changed: list }) => [id, list]));
  expect(changed['a']).toEqual([
    { field: 'status', from: null, to: 'rejected' },
    { field: 'statusSince', from: null, to: '2025-03-11T12:02:00.000Z' },
    { field: 'attempt', from: null, to: 1 },
    { field: 'reasons', from: null, to: [rejected] },
    { field: 'amounts.currency', from: null, to: 'USD' },
  ]);
  expect(changed['b']).toEqual([{ field: 'previousStatus', from: null, to: 'submitted' }]);
  expect(changed['c']).toContainEqual({ field: 'amounts.paid', from: null, to: '180.00' });
  expect(changed['c']).toContainEqual({ field: 'reasons', from: [rejected], to: [] });
  expect(changed['d']).toEqual([]);
});

it('L25 takes equal values for equal in whatever order a store gives their keys', () => {
  const reasons = [{ system: 's', code: '1', group: 'CO', amount: '1.00' }];
  const turned = [{ amount: '1.00', group: 'CO', code: '1', system: 's' }];
  const stored = arrived(fact('a', 'rejected', 1, { reasons }), fact('b', 'rejected', 2, { reasons: turned }));
  expect(claimHistory(stored)[1]?.changed).toEqual([]);
});
