import type { ClaimStatus } from '@claimwire/contracts';
import type { ClaimFact, RemittanceEntry, StatedAmounts } from '../src/claim-fact.js';
import { stageRank } from '../src/stage-rank.js';

export const NOTHING_STATED: StatedAmounts = {
  billed: null,
  allowed: null,
  approved: null,
  paid: null,
  patientResponsibility: null,
};

/** An event of one made-up claim, `minute` minutes after noon; it says nothing but its status. */
export function fact(eventId: string, status: ClaimStatus, minute: number, more: Partial<ClaimFact> = {}): ClaimFact {
  const clock = `12:${String(minute).padStart(2, '0')}`;
  return {
    eventId,
    claimKey: 'demo/cair/claim-1',
    tenant: 'demo',
    provider: 'cair',
    connection: 'con_1',
    occurredAt: `2025-03-11T${clock}:00.000Z`,
    stageRank: stageRank(status),
    sequence: [],
    status,
    providerStatus: null,
    claimedPreviousStatus: null,
    event: 'CLAIM_STATUS_CHANGE',
    reportedBy: 'clearinghouse',
    transaction: null,
    partnership: null,
    environment: 'production',
    reasons: [],
    currency: 'USD',
    amounts: NOTHING_STATED,
    remittance: null,
    payment: null,
    lines: [],
    serviceDates: null,
    aliases: [],
    flags: [],
    raw: { topic: 'claims.raw.cair.v1', partition: 0, offset: '1', sha256: 'a'.repeat(64) },
    receivedAt: `2025-03-11T${clock}:01.000Z`,
    ...more,
  };
}

/** A payer's 835 entry of 228.00 billed. */
export function remittance(paid: string, more: Partial<RemittanceEntry> = {}): RemittanceEntry {
  return {
    payer: 'payer-1',
    trace: 'EFT-1',
    productionDate: '2025-03-11',
    path: '0.0.0',
    billed: '228.00',
    paid,
    patientResponsibility: '0.00',
    ...more,
  };
}
