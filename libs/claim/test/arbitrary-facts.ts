import { CLAIM_STATUSES } from '@claimwire/contracts';
import fc from 'fast-check';
import type { ClaimFact, RemittanceEntry } from '../src/claim-fact.js';
import { stageRank } from '../src/stage-rank.js';
import { fact } from './facts.js';

/** Few values of everything, so that ties, repetitions and equal entries are common. */
const few = <Value>(...values: Value[]) => fc.constantFrom(...values);
const amount = () => few(null, '228', '228.00', '50.5', '0.125', '-12.30');
const status = few(...CLAIM_STATUSES);

/** The same instants in texts with 0, 3 and 6 fraction digits, and neighbours one microsecond apart. */
const instant = few(
  '2025-03-11T12:00:00Z',
  '2025-03-11T12:00:00.000Z',
  '2025-03-11T12:00:00.000000Z',
  '2025-03-11T12:00:00.000001Z',
  '2025-03-11T12:00:00.001Z',
  '2025-03-11T12:00:00.0011Z',
  '2025-03-11T12:00:01.000Z',
  '2025-03-12T09:30:00.5Z',
);

const entry: fc.Arbitrary<RemittanceEntry> = fc.record({
  payer: few('payer-1', 'payer-2', '__proto__'),
  trace: few('EFT-1', 'EFT-2'),
  productionDate: few('2025-03-11', '2025-03-12'),
  path: few('0.0.0', '0.0.1'),
  billed: few('228.00', '228'),
  paid: few('100.00', '-100.00', '0.1', '0.20'),
  patientResponsibility: few('0.00', '28', '-28.00'),
});

const reasons = fc.array(
  fc.record(
    { system: few('x12.277', 'x12.carc'), code: few('12', '45'), group: few('CO', 'PR'), amount: few('1.00', '2.00') },
    { requiredKeys: ['system', 'code'] },
  ),
  { maxLength: 2 },
);

const line = few('1', '2').map((id) => ({
  id,
  procedure: '99213',
  billed: '228.00',
  approved: null,
  paid: null,
  status: null,
  reasons: [],
  serviceDates: null,
}));

const content = fc
  .record({
    occurredAt: instant,
    status,
    sequence: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 2 }),
    claimedPreviousStatus: fc.option(status),
    reasons,
    currency: few(null, 'USD', 'NGN'),
    amounts: fc.record({
      billed: amount(),
      allowed: amount(),
      approved: amount(),
      paid: amount(),
      patientResponsibility: amount(),
    }),
    remittance: fc.option(entry),
    payment: fc.option(few('EFT-1', 'EFT-2').map((trace) => ({ trace, date: '2025-03-11', method: null }))),
    lines: fc.array(line, { maxLength: 1 }),
    serviceDates: fc.option(few('2025-03-01', '2025-03-02').map((start) => ({ start, end: '2025-03-03' }))),
    aliases: fc.array(fc.record({ system: few('a', 'b'), value: few('1', '2') }), { maxLength: 2 }),
    flags: fc.subarray(['status_outside_standard', 'amount_computed']),
  })
  .map((stated): Partial<ClaimFact> => ({ ...stated, stageRank: stageRank(stated.status) }));

/** The events of one claim, each once, in any order. */
export const claimFacts: fc.Arbitrary<ClaimFact[]> = fc.array(content, { minLength: 1, maxLength: 9 }).chain((stated) =>
  fc
    .shuffledSubarray(
      stated.map((_, index) => `evt_${index}`),
      { minLength: stated.length },
    )
    .map((ids) => stated.map((more, index) => fact(ids[index]!, 'submitted', 0, more))),
);

export interface Delivery {
  /** Every event at least once, in order of arrival. */
  arrivals: ClaimFact[];
  /** How many arrivals each of the store's batches takes; the rest is one more batch. */
  batches: number[];
}

/** One way in which a claim's events may reach us: shuffled, repeated, cut into batches. */
export const deliveryOf = (facts: ClaimFact[]): fc.Arbitrary<Delivery> =>
  fc.record({
    arrivals: fc
      .array(fc.nat({ max: facts.length - 1 }), { maxLength: 4 })
      .map((again) => [...facts, ...again.map((index) => facts[index]!)])
      .chain((copies) => fc.shuffledSubarray(copies, { minLength: copies.length })),
    batches: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
  });
