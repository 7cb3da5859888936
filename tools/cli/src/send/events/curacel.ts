import { randomInt } from 'node:crypto';
import { curacelPileDone, type CuracelSample, curacelVetted } from '@claimwire/testkit/senders';
import { type EventInput, type EventKind, sameId, wholeNumber } from './event-kind.js';

const BILLED = 20_000;

type Outcome = Pick<CuracelSample, 'approvalStatus' | 'approved'>;

/** Curacel has no status of its own for a partly approved claim: the amounts say so. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  null: { approvalStatus: null, approved: 0 },
  '0': { approvalStatus: 0, approved: 0 },
  '1': { approvalStatus: 1, approved: BILLED },
  '"0"': { approvalStatus: '0', approved: 0 },
  '"1"': { approvalStatus: '1', approved: BILLED },
  partial: { approvalStatus: 1, approved: 15_000.5 },
};

function sampleOf({ claim, status, at }: EventInput): Partial<CuracelSample> {
  return {
    id: wholeNumber(claim, "Curacel's data.id"),
    vettedAt: at.toISOString(),
    billed: BILLED,
    ...(OUTCOMES[status] ?? { approvalStatus: status, approved: 0 }),
  };
}

const common = {
  route: 'webhook',
  statuses: 'approval_status: null, 0, 1, "1" (as text), partial, or any text',
  defaultStatus: 'partial',
  claim: 'data.id, a whole number',
  newClaim: () => String(randomInt(1_000_000_000, 2 ** 47)),
  claimId: sameId,
};

export const CURACEL_EVENTS: readonly EventKind[] = [
  { ...common, name: 'vetted', help: 'claim.vetted', body: (input) => curacelVetted(sampleOf(input)) },
  { ...common, name: 'pile', help: 'claim.pile.vetting_done', body: (input) => curacelPileDone(sampleOf(input)) },
];
