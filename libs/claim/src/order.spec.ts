import { CLAIM_STATUSES } from '@claimwire/contracts';
import { expect, it } from 'vitest';
import { fact } from '../test/facts.js';
import { compareInstants, instantKey } from './instant.js';
import { compareFacts } from './order.js';
import { stageRank } from './stage-rank.js';

const at = (occurredAt: string, id = 'evt_a') => fact(id, 'pending', 0, { occurredAt });

it('L2 orders by the microsecond, whatever the number of fraction digits', () => {
  const times = [
    '2020-02-11T13:56:45Z',
    '2020-02-11T13:56:45.2Z',
    '2020-02-11T13:56:45.249Z',
    '2020-02-11T13:56:45.249001Z',
    '2020-02-11T13:56:45.249767Z',
    '2020-02-11T13:56:45.25Z',
    '2020-02-11T13:56:46.000Z',
  ];
  const sorted = times.toReversed().map((time) => at(time));
  expect(sorted.toSorted(compareFacts).map(({ occurredAt }) => occurredAt)).toEqual(times);
});

it('L2 takes texts of one instant as one instant', () => {
  expect(instantKey('2025-03-11T12:00:00Z')).toBe(instantKey('2025-03-11T12:00:00.000000Z'));
  expect(compareInstants('2025-03-11T12:00:00.5Z', '2025-03-11T12:00:00.500Z')).toBe(0);
  expect(compareInstants('2025-03-11T12:00:00.5Z', '2025-03-11T12:00:00.500001Z')).toBeLessThan(0);
  expect(compareFacts(at('2025-03-11T12:00:00Z', 'evt_b'), at('2025-03-11T12:00:00.000Z', 'evt_a'))).toBeGreaterThan(0);
});

it.each(['2025-03-11', '2025-03-11T12:00:00', '2025-03-11T12:00:00+01:00', '2025-03-11T12:00:00.1234567Z', ''])(
  'L2 refuses the time %j, which would not compare',
  (time) => {
    expect(() => instantKey(time)).toThrow(RangeError);
  },
);

it('L2 breaks ties by stage, then sequence as integers, then event id', () => {
  const stages = [fact('evt_z', 'submitted', 0), fact('evt_a', 'rejected', 0)];
  expect(stages.toReversed().toSorted(compareFacts)).toEqual(stages);
  const sequences = [[], [0], [0, 2], [0, 10], [1]].map((sequence, index) =>
    fact(`evt_${9 - index}`, 'paid', 0, { sequence }),
  );
  expect(sequences.toReversed().toSorted(compareFacts)).toEqual(sequences);
  const ids = [fact('evt_B', 'paid', 0), fact('evt_a', 'paid', 0)];
  expect(ids.toReversed().toSorted(compareFacts)).toEqual(ids);
});

it('L3 ranks the stages of a claim in the order of its life', () => {
  const life = [
    ['unknown'],
    ['submission_failed', 'submitted'],
    ['received'],
    ['accepted', 'rejected'],
    ['pending'],
    ['info_requested'],
    ['reversed'],
    ['approved', 'partially_approved', 'adjudicated', 'denied', 'forwarded', 'predetermined'],
    ['paid', 'partially_paid'],
  ] as const;
  expect(life.flat().toSorted()).toEqual(CLAIM_STATUSES.toSorted());
  life.forEach((statuses, rank) => statuses.forEach((status) => expect(stageRank(status)).toBe(rank)));
});
