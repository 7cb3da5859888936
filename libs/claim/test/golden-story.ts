import type { Reason } from '@claimwire/contracts';
import type { ClaimFact } from '../src/claim-fact.js';
import { planClaim } from '../src/plan-claim.js';
import { fact, NOTHING_STATED, remittance } from './facts.js';

const eventId = (number: number): string => `evt_${String(number).padStart(32, '0')}`;
const SUBMISSION_ERROR: Reason = { system: 'x12.277', code: '12' };

/** CAIR: the rejection overtakes the submission, then the claim is submitted again. */
const CLEARINGHOUSE: ClaimFact[] = [
  fact(eventId(1), 'rejected', 35, {
    claimedPreviousStatus: 'submitted',
    reasons: [SUBMISSION_ERROR],
    amounts: { ...NOTHING_STATED, billed: '228.00' },
    aliases: [{ system: 'cair.claimLifecycleId', value: 'a1b2c3d4' }],
  }),
  fact(eventId(2), 'submitted', 30, { amounts: { ...NOTHING_STATED, billed: '228.00' } }),
  fact(eventId(3), 'submitted', 50),
];

const fromPayer: Partial<ClaimFact> = {
  claimKey: 'demo/stedi/PCN-7F3A',
  provider: 'stedi',
  connection: 'con_demo_stedi',
  event: 'transaction.processed',
  reportedBy: 'payer',
  transaction: '835',
  partnership: 'local_payer',
  payment: { trace: 'EFT-1', date: '2025-03-11', method: 'ACH' },
  serviceDates: { start: '2025-03-01', end: '2025-03-01' },
  aliases: [{ system: 'stedi.payerClaimControlNumber', value: 'PAYER-CLAIM-9' }],
  raw: { topic: 'claims.raw.stedi-reports.v1', partition: 2, offset: '7', sha256: 'b'.repeat(64) },
};

const contractual: Reason = { system: 'x12.carc', code: '45', group: 'CO', amount: '28.00' };

const paidLine = (paid: string) => ({
  id: '1',
  procedure: '99213',
  billed: '228.00',
  approved: null,
  paid,
  status: null,
  reasons: [contractual],
  serviceDates: { start: '2025-03-01', end: '2025-03-01' },
});

/** Stedi: paid, then reversed and corrected in one 835, which the payer sends once more. */
const PAYER: ClaimFact[] = [
  fact(eventId(4), 'paid', 10, {
    ...fromPayer,
    amounts: { ...NOTHING_STATED, billed: '228.00' },
    reasons: [contractual],
    lines: [paidLine('180.00')],
    remittance: remittance('180.00', { patientResponsibility: '20.00' }),
  }),
  fact(eventId(5), 'reversed', 20, {
    ...fromPayer,
    sequence: [0, 0],
    remittance: remittance('-180.00', { trace: 'EFT-2', patientResponsibility: '-20.00' }),
  }),
  fact(eventId(6), 'paid', 20, {
    ...fromPayer,
    sequence: [0, 1],
    reasons: [contractual],
    lines: [paidLine('200.00')],
    payment: { trace: 'EFT-2', date: '2025-03-12', method: 'ACH' },
    remittance: remittance('200.00', { trace: 'EFT-2', path: '0.0.1' }),
  }),
  fact(eventId(7), 'paid', 40, {
    ...fromPayer,
    sequence: [0, 1],
    reasons: [contractual],
    lines: [paidLine('200.00')],
    payment: { trace: 'EFT-2', date: '2025-03-12', method: 'ACH' },
    remittance: remittance('200.00', { trace: 'EFT-2', path: '0.0.1' }),
  }),
];

const plan = (incoming: ClaimFact[]) => planClaim({ accumulator: null, version: 0, history: null, incoming });

const clearinghouse = plan(CLEARINGHOUSE);
const payer = plan(PAYER);

/** The golden messages of contracts that the fold emits, by file name without "json". */
export const GOLDEN_STORY: Record<string, unknown> = {
  'claim-event.rejection-first': clearinghouse.events[0]!.message,
  'claim-event.late-submission': clearinghouse.events[1]!.message,
  'claim-event.second-attempt': clearinghouse.events[2]!.message,
  'claim-state.second-attempt': clearinghouse.state,
  'claim-event.paid': payer.events[0]!.message,
  'claim-event.reversed': payer.events[1]!.message,
  'claim-event.corrected': payer.events[2]!.message,
  'claim-event.remittance-told-twice': payer.events[3]!.message,
  'claim-state.corrected': payer.state,
};
