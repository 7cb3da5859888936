import { CLAIM_STATUSES } from '@claimwire/contracts';
import { expect, it } from 'vitest';
import { fact } from '../test/facts.js';
import { foldClaim } from './fold-claim.js';
import { TRANSITIONS } from './transitions.js';

const pairs = CLAIM_STATUSES.flatMap((from) => CLAIM_STATUSES.map((to) => [from, to] as const));

it('L9 has an answer for every status after every other', () => {
  expect(Object.keys(TRANSITIONS).toSorted()).toEqual(CLAIM_STATUSES.toSorted());
  for (const [from, to] of pairs) expect(TRANSITIONS[from][to]).toMatch(/^(same|expected|resubmission|ignored|odd)$/);
});

it('L9 never refuses a transition: the claim has the status that was stated last', () => {
  for (const [from, to] of pairs.filter(([, to]) => to !== 'unknown')) {
    const { status, flags } = foldClaim([fact('evt_1', from, 1), fact('evt_2', to, 2)]);
    expect(status).toBe(to);
    expect(flags.includes('odd_transition')).toBe(TRANSITIONS[from][to] === 'odd');
  }
});

it('L9 takes the usual life of a claim as expected, from each provider', () => {
  const lives = [
    ['submitted', 'rejected', 'submission_failed'],
    ['submitted', 'submission_failed'],
    ['received', 'accepted', 'pending', 'info_requested', 'pending', 'paid', 'reversed', 'partially_paid'],
    ['accepted', 'rejected'],
    ['pending', 'approved'],
    ['pending', 'partially_approved', 'approved'],
    ['pending', 'denied'],
    ['pending', 'adjudicated', 'paid'],
    ['paid', 'reversed', 'denied'],
    ['predetermined', 'submitted', 'accepted', 'paid'],
    ['forwarded', 'received', 'paid'],
  ] as const;
  for (const life of lives) {
    life
      .slice(1)
      .forEach((to, index) => expect([life[index], to, TRANSITIONS[life[index]!][to]]).toContain('expected'));
  }
});

it.each([
  ['paid', 'submitted'],
  ['rejected', 'accepted'],
  ['submitted', 'reversed'],
  ['received', 'submitted'],
  ['approved', 'denied'],
] as const)('L20 flags the odd transition from %s to %s', (from, to) => {
  expect(foldClaim([fact('evt_1', from, 1), fact('evt_2', to, 2)]).flags).toEqual(['odd_transition']);
});
