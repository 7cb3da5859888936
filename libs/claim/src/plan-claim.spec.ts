import { expect, it } from 'vitest';
import { fact, NOTHING_STATED } from '../test/facts.js';
import type { ClaimFact } from './claim-fact.js';
import { needsHistory, planClaim } from './plan-claim.js';

const first = (...incoming: ClaimFact[]) => planClaim({ accumulator: null, version: 0, history: null, incoming });
const messages = (...incoming: ClaimFact[]) => first(...incoming).events.map(({ message }) => message);

const submitted = fact('evt_1', 'submitted', 1);
const rejected = fact('evt_2', 'rejected', 2, { claimedPreviousStatus: 'submitted' });

it('L15 makes version 2, late, of a submission that arrives after its rejection', () => {
  const [one, two] = messages(rejected, submitted);
  expect(one).toMatchObject({ version: 1, type: 'claim.status_changed', status: 'rejected', late: false });
  expect(one).toMatchObject({ previousStatus: null, flags: ['gap'] });
  expect(two).toMatchObject({ version: 2, type: 'claim.history_amended', status: 'rejected', late: true });
  expect(two).toMatchObject({ previousStatus: 'submitted', flags: [], cause: { status: 'submitted' } });
});

it('L15 goes on from the stored version', () => {
  const stored = first(submitted);
  const { accumulator, version } = stored;
  const next = planClaim({ accumulator, version, history: null, incoming: [rejected, fact('evt_3', 'pending', 3)] });
  expect(next.events.map((event) => event.version)).toEqual([2, 3]);
  expect(next).toMatchObject({ version: 3, state: { version: 3, status: 'pending', previousStatus: 'rejected' } });
});

it('L16 needs the history only for an event that precedes a stored one', () => {
  const { accumulator } = first(rejected);
  expect(needsHistory(null, [rejected, submitted])).toBe(false);
  expect(needsHistory(accumulator, [fact('evt_4', 'paid', 4), fact('evt_3', 'pending', 3)])).toBe(false);
  expect(needsHistory(accumulator, [fact('evt_3', 'pending', 3), submitted])).toBe(true);
});

it('L16 finds an event late behind one of its own batch', () => {
  const { accumulator, version } = first(submitted);
  const incoming = [fact('evt_4', 'paid', 4), fact('evt_3', 'pending', 3)];
  const plan = planClaim({ accumulator, version, history: null, incoming });
  expect(plan.events.map(({ late }) => late)).toEqual([false, true]);
  expect(plan.state).toMatchObject({ status: 'paid', previousStatus: 'pending' });
});

it('L17 calls it status_changed when the status differs, also by a late event', () => {
  const unknown = fact('evt_9', 'unknown', 9);
  expect(messages(unknown, submitted)[1]).toMatchObject({ late: true, type: 'claim.status_changed' });
});

it('L17 calls a late event updated when statusSince, reasons or amounts become others', () => {
  const earlierRejection = fact('evt_0', 'rejected', 0);
  expect(messages(rejected, earlierRejection)[1]).toMatchObject({ late: true, type: 'claim.updated' });
  const billed = fact('evt_1', 'submitted', 1, { amounts: { ...NOTHING_STATED, billed: '228.00' } });
  expect(messages(rejected, billed)[1]).toMatchObject({ late: true, type: 'claim.updated' });
  const reasoned = fact('evt_1', 'rejected', 1, { reasons: [{ system: 's', code: '1' }] });
  const since = fact('evt_0', 'rejected', 0);
  const silent = fact('evt_2', 'rejected', 2);
  expect(messages(silent, since, reasoned)[2]).toMatchObject({ late: true, type: 'claim.updated' });
});

/** A rejection, then late ones before it: what the third says alone makes the difference. */
const amended = (second: Partial<ClaimFact>, third: Partial<ClaimFact>) =>
  messages(fact('evt_9', 'rejected', 9), fact('evt_1', 'rejected', 1, second), fact('evt_2', 'rejected', 2, third))[2]!;

const reason = { system: 'x12.carc', code: '45', group: 'CO', amount: '1.00', text: 'short' };

it.each(['system', 'code', 'group', 'amount', 'text'])('L17 sees that the %s of a reason became another', (field) => {
  const before = { reasons: [reason] };
  expect(amended(before, before).type).toBe('claim.history_amended');
  expect(amended(before, { reasons: [{ ...reason, [field]: 'other' }] }).type).toBe('claim.updated');
});

it.each(['billed', 'allowed', 'approved', 'paid', 'patientResponsibility'])(
  'L17 sees that %s became another',
  (field) => {
    const before = { amounts: { ...NOTHING_STATED, [field]: '1.00' } };
    expect(amended(before, { amounts: { ...NOTHING_STATED, [field]: '1' } }).type).toBe('claim.history_amended');
    expect(amended(before, { amounts: { ...NOTHING_STATED, [field]: '2.00' } }).type).toBe('claim.updated');
  },
);

it('L17 calls an event in order that repeats the status updated', () => {
  expect(messages(rejected, fact('evt_3', 'rejected', 3))[1]).toMatchObject({ late: false, type: 'claim.updated' });
});

it('L18 tells the state after the fold, and in the cause what this one webhook said', () => {
  const reasons = [{ system: 'x12.277', code: '12' }];
  const [, message] = messages(rejected, { ...submitted, reasons, providerStatus: 'Submitted', transaction: '277' });
  expect(message).toEqual({
    id: 'evt_1',
    type: 'claim.history_amended',
    tenant: 'demo',
    claimKey: 'demo/cair/claim-1',
    version: 2,
    attempt: 1,
    status: 'rejected',
    previousStatus: 'submitted',
    late: true,
    flags: [],
    occurredAt: '2025-03-11T12:01:00.000Z',
    receivedAt: '2025-03-11T12:01:01.000Z',
    cause: {
      provider: 'cair',
      connection: 'con_1',
      event: 'CLAIM_STATUS_CHANGE',
      status: 'submitted',
      reportedBy: 'clearinghouse',
      transaction: '277',
      partnership: null,
      environment: 'production',
      reasons,
    },
    amounts: { currency: 'USD', ...NOTHING_STATED },
    payment: null,
    lines: [],
    serviceDates: null,
    aliases: [],
    raw: submitted.raw,
  });
});

it('L23 refuses what would break the versions of a claim', () => {
  const { accumulator, version } = first(rejected);
  const plan =
    (history: ClaimFact[] | null, ...incoming: ClaimFact[]) =>
    () =>
      planClaim({ accumulator, version, history, incoming });
  expect(plan(null, submitted)).toThrow('need the history');
  expect(plan([], submitted)).toThrow('every stored event');
  expect(plan([rejected, rejected], submitted)).toThrow('every stored event');
  expect(plan([rejected], rejected)).toThrow('stored once');
  expect(plan([rejected], submitted, submitted)).toThrow('stored once');
  expect(plan([rejected], { ...submitted, claimKey: 'demo/cair/claim-2' })).toThrow('one claim');
  expect(() => first()).toThrow('at least one event');
  const lost = { accumulator: null, version: 5, history: null, incoming: [submitted] };
  expect(() => planClaim(lost)).toThrow('has an accumulator');
  expect(() => planClaim({ ...lost, accumulator, version: 0 })).toThrow('has an accumulator');
});

it('L24 asks for the history where another revision of the fold made the accumulator, and folds it again', () => {
  const { accumulator, version } = first(rejected);
  const outdated = { ...accumulator, revision: accumulator.revision - 1, attempt: 7 };
  const incoming = [fact('evt_3', 'pending', 3)];
  expect(needsHistory(outdated, incoming)).toBe(true);
  const plan = planClaim({ accumulator: outdated, version, history: [rejected], incoming });
  expect(plan.accumulator).toMatchObject({ revision: accumulator.revision, attempt: 1 });
});
