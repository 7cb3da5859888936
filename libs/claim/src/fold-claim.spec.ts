import { expect, it } from 'vitest';
import { fact } from '../test/facts.js';
import { foldClaim } from './fold-claim.js';

it('L1 refuses to fold no events: such a claim does not exist', () => {
  expect(() => foldClaim([])).toThrow(RangeError);
});

it('L5 keeps a known status when an unknown one follows, and records what else that event states', () => {
  const claim = foldClaim([
    fact('evt_1', 'pending', 1),
    fact('evt_2', 'unknown', 2, { aliases: [{ system: 'a', value: '1' }], reasons: [{ system: 's', code: '1' }] }),
  ]);
  expect(claim).toMatchObject({ status: 'pending', statusSince: '2025-03-11T12:01:00.000Z', previousStatus: null });
  expect(claim).toMatchObject({ aliases: [{ system: 'a', value: '1' }], reasons: [] });
});

it('L5 replaces an unknown status by a known one', () => {
  const claim = foldClaim([fact('evt_1', 'unknown', 1), fact('evt_2', 'pending', 2)]);
  expect(claim).toMatchObject({ status: 'pending', previousStatus: 'unknown', flags: ['unknown_status'] });
});

it('L6 counts statusSince from the first event of the current run of a status', () => {
  const claim = foldClaim([
    fact('evt_1', 'pending', 1),
    fact('evt_2', 'paid', 2),
    fact('evt_3', 'pending', 3),
    fact('evt_4', 'unknown', 4),
    fact('evt_5', 'pending', 5),
  ]);
  expect(claim).toMatchObject({ previousStatus: 'paid', statusSince: '2025-03-11T12:03:00.000Z' });
});

it('L7 has the reasons of the current status, those of its latest event that gives any', () => {
  const reasons = (code: string) => ({ reasons: [{ system: 'x12.277', code }] });
  const rejected = [fact('evt_1', 'rejected', 1, reasons('12')), fact('evt_2', 'rejected', 2, reasons('45'))];
  expect(foldClaim(rejected).reasons).toEqual([{ system: 'x12.277', code: '45' }]);
  const silent = fact('evt_3', 'rejected', 3);
  expect(foldClaim([...rejected, silent]).reasons).toEqual([{ system: 'x12.277', code: '45' }]);
  const again = [fact('evt_4', 'submitted', 4), fact('evt_5', 'rejected', 5)];
  expect(foldClaim([...rejected, ...again]).reasons).toEqual([]);
});

it.each(['rejected', 'submission_failed'] as const)('L8 counts a submission after %s as a new attempt', (failure) => {
  const first = [fact('evt_1', 'submitted', 1), fact('evt_2', failure, 2)];
  expect(foldClaim(first).attempt).toBe(1);
  const claim = foldClaim([...first, fact('evt_3', 'submitted', 3), fact('evt_4', 'submitted', 4)]);
  expect(claim).toMatchObject({ attempt: 2, status: 'submitted', previousStatus: failure, flags: [] });
});

it('L8 counts no attempt for a submission after anything else, and looks through unknown statuses', () => {
  expect(foldClaim([fact('evt_1', 'pending', 1), fact('evt_2', 'submitted', 2)]).attempt).toBe(1);
  const hidden = [fact('evt_1', 'rejected', 1), fact('evt_2', 'unknown', 2), fact('evt_3', 'submitted', 3)];
  expect(foldClaim(hidden).attempt).toBe(2);
});

it('L14 has the latest payment, lines and service dates that are stated, and every alias once', () => {
  const payment = { trace: 'EFT-1', date: '2025-03-11', method: 'ACH' };
  const serviceDates = { start: '2025-03-01', end: '2025-03-01' };
  const [first, second] = ['1', '2'].map((value) => ({ system: 'cair.claimLifecycleId', value }));
  const claim = foldClaim([
    fact('evt_1', 'pending', 1, {
      payment,
      serviceDates: { start: '2025-01-01', end: '2025-01-02' },
      aliases: [second!],
    }),
    fact('evt_2', 'paid', 2, { serviceDates, aliases: [first!, second!] }),
    fact('evt_3', 'paid', 3),
  ]);
  expect(claim).toMatchObject({ payment, serviceDates, aliases: [second, first] });
});

it('L14 spans from the first to the last receipt, in whatever order the events occurred', () => {
  const claim = foldClaim([
    fact('evt_1', 'submitted', 1, { receivedAt: '2025-03-11T13:00:02.000Z' }),
    fact('evt_2', 'pending', 2, { receivedAt: '2025-03-11T13:00:01.000Z' }),
    fact('evt_3', 'paid', 3, { receivedAt: '2025-03-11T13:00:01.500Z' }),
  ]);
  expect(claim.firstReceivedAt).toBe('2025-03-11T13:00:01.000Z');
  expect(claim.lastReceivedAt).toBe('2025-03-11T13:00:02.000Z');
});

it("L19 unites the events' own flags with the fold's, sorted and once", () => {
  const claim = foldClaim([
    fact('evt_1', 'pending', 1, { flags: ['status_outside_standard'] }),
    fact('evt_2', 'unknown', 2, { flags: ['status_outside_standard', 'amount_computed'] }),
    fact('evt_3', 'unknown', 3),
  ]);
  expect(claim.flags).toEqual(['amount_computed', 'status_outside_standard', 'unknown_status']);
});

it('L20 flags an unknown status, also when it is all that is known', () => {
  expect(foldClaim([fact('evt_1', 'unknown', 1)])).toMatchObject({ status: 'unknown', flags: ['unknown_status'] });
});

const rejection = fact('evt_2', 'rejected', 2, { claimedPreviousStatus: 'submitted' });

it('L21 flags a gap while the status that the provider names before is not there, and no longer', () => {
  expect(foldClaim([rejection]).flags).toEqual(['gap']);
  expect(foldClaim([rejection, fact('evt_0', 'received', 0)]).flags).toEqual(['gap']);
  expect(foldClaim([rejection, fact('evt_1', 'submitted', 1)]).flags).toEqual([]);
});

it('L21 sees no gap in a status that is stated again, nor after an unknown one', () => {
  const submitted = fact('evt_1', 'submitted', 1);
  const again = fact('evt_3', 'rejected', 3, { claimedPreviousStatus: 'submitted' });
  expect(foldClaim([submitted, rejection, again]).flags).toEqual([]);
  const unknown = fact('evt_3', 'unknown', 3);
  const fromUnknown = fact('evt_4', 'pending', 4, { claimedPreviousStatus: 'unknown' });
  expect(foldClaim([submitted, unknown, fromUnknown]).flags).toEqual(['unknown_status']);
});
