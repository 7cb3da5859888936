import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimFacts, deliveryOf } from '../test/arbitrary-facts.js';
import type { StoredClaim } from '../test/claim-store.js';
import { storeClaim } from '../test/claim-store.js';
import { remittance, fact } from '../test/facts.js';
import { naiveClaim, naiveLate, naiveType } from '../test/naive-claim.js';
import type { ClaimFact } from './claim-fact.js';
import { claimState } from './claim-message.js';
import { applyFact, foldClaim, inOrder } from './fold-claim.js';
import { historyEntry } from './history-entry.js';

const RUNS = { numRuns: 1_000 };

const oneDelivery = claimFacts.chain((facts) => deliveryOf(facts).map((delivery) => ({ facts, delivery })));
const twoDeliveries = claimFacts.chain((facts) => fc.tuple(deliveryOf(facts), deliveryOf(facts)));

/** Arrivals carry the time at which they arrived, so two deliveries of one set differ in it. */
const stamped = (arrivals: ClaimFact[]): ClaimFact[] =>
  arrivals.map((arrival, index) => ({
    ...arrival,
    receivedAt: `2025-03-13T00:00:${String(index).padStart(2, '0')}.000Z`,
  }));

const timeless = ({ state }: StoredClaim) => ({ ...state, firstReceivedAt: '', lastReceivedAt: '' });

const history = ({ events }: StoredClaim) =>
  inOrder(events.map((event) => event.fact)).map((stored) => ({
    ...historyEntry({ fact: stored, version: 0, late: false }),
    receivedAt: '',
  }));

it('L1 ends in the same state and history after any order, duplication and batching of the same events', () => {
  fc.assert(
    fc.property(twoDeliveries, ([one, other]) => {
      const first = storeClaim({ ...one, arrivals: stamped(one.arrivals) });
      const second = storeClaim({ ...other, arrivals: stamped(other.arrivals) });
      expect(timeless(second)).toEqual(timeless(first));
      expect(history(second)).toEqual(history(first));
    }),
    RUNS,
  );
});

it('L1 ignores repeated events when it folds', () => {
  fc.assert(
    fc.property(oneDelivery, ({ facts, delivery }) => {
      expect(foldClaim(delivery.arrivals)).toEqual(foldClaim(facts));
    }),
    RUNS,
  );
});

it('L4 has applied events one by one to the accumulator of a full fold', () => {
  fc.assert(
    fc.property(oneDelivery, ({ facts, delivery }) => {
      const stored = storeClaim(delivery);
      expect(stored.accumulator).toEqual(foldClaim(facts));
      expect(stored.state).toEqual(claimState(foldClaim(facts), facts.length));
    }),
    RUNS,
  );
});

it('L4 goes on from any prefix of the claim', () => {
  fc.assert(
    fc.property(claimFacts, fc.nat(), (facts, cut) => {
      const sorted = inOrder(facts);
      const prefix = sorted.slice(0, 1 + (cut % sorted.length));
      const continued = sorted.slice(prefix.length).reduce((acc, next) => applyFact(acc, next), foldClaim(prefix));
      expect(continued).toEqual(foldClaim(facts));
    }),
    RUNS,
  );
});

it('L5 L6 L7 L8 L10 L12 L13 L14 L19 L20 L21 agree with a second, naive telling of this SPEC', () => {
  fc.assert(
    fc.property(claimFacts, (facts) => {
      expect(foldClaim(facts)).toMatchObject(naiveClaim(facts));
    }),
    RUNS,
  );
});

it('L12 nets payments, reversals and corrections to the same cents in whatever order they occur', () => {
  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const inCents = (value: number) =>
    `${value < 0 ? '-' : ''}${Math.trunc(Math.abs(value) / 100)}.${String(Math.abs(value) % 100).padStart(2, '0')}`;
  const ledger = fc
    .array(cents, { minLength: 1, maxLength: 12 })
    .chain((paid) => fc.tuple(fc.constant(paid), fc.shuffledSubarray([...paid.keys()], { minLength: paid.length })));
  fc.assert(
    fc.property(ledger, ([paid, minutes]) => {
      const facts = paid.map((value, index) =>
        fact(`evt_${index}`, value < 0 ? 'reversed' : 'paid', minutes[index]!, {
          remittance: remittance(inCents(value), { path: `0.0.${index}` }),
        }),
      );
      expect(foldClaim(facts).amounts.paid).toBe(inCents(paid.reduce((sum, next) => sum + next, 0)));
    }),
    RUNS,
  );
});

it('L15 gives each stored event one message and the next version, as if events had arrived singly', () => {
  fc.assert(
    fc.property(oneDelivery, ({ facts, delivery }) => {
      const batched = storeClaim(delivery);
      const singly = storeClaim({ arrivals: delivery.arrivals, batches: delivery.arrivals.map(() => 1) });
      expect(batched.events).toEqual(singly.events);
      expect(batched.events.map(({ version }) => version)).toEqual(facts.map((_, index) => index + 1));
      expect(batched.state.version).toBe(facts.length);
    }),
    RUNS,
  );
});

it('L15 leaves a consumer that keeps the greatest version with the truth', () => {
  fc.assert(
    fc.property(oneDelivery, ({ delivery }) => {
      const { events, state } = storeClaim(delivery);
      const kept = events
        .map(({ message }) => message)
        .reduce((best, next) => (next.version > best.version ? next : best));
      const { status, previousStatus, attempt, flags, amounts, payment, aliases, version } = state;
      expect(kept).toMatchObject({ status, previousStatus, attempt, flags, amounts, payment, aliases, version });
    }),
    RUNS,
  );
});

it('L16 L17 L18 say late, type and state of each message as the naive model does', () => {
  fc.assert(
    fc.property(oneDelivery, ({ delivery }) => {
      const { events } = storeClaim(delivery);
      const arrived = events.map((event) => event.fact);
      events.forEach(({ fact: arriving, late, message }, index) => {
        const { status, previousStatus, attempt, flags, amounts, payment, lines, serviceDates, aliases } = naiveClaim(
          arrived.slice(0, index + 1),
        );
        const visible = { status, previousStatus, attempt, flags, amounts, payment, lines, serviceDates, aliases };
        const stored = arrived.slice(0, index);
        expect(message).toMatchObject({ ...visible, late, type: naiveType(stored, arriving) });
        expect(late).toBe(naiveLate(stored, arriving));
      });
    }),
    RUNS,
  );
});
