import type { Pool } from '@claimwire/postgres';

export interface SeededEvent {
  tenant: string;
  claimId: string;
  version: number;
  /** ISO time. */
  occurredAt: string;
  receivedAt?: string;
  status?: string;
  provider?: string;
  late?: boolean;
  raw?: { topic: string; partition: number; offset: string; sha256: string };
}

let seq = 0;

/** Rows as the normaliser writes them, with the fields that the API reads. @returns the event's id and its claim's key */
export async function seedEvent(pool: Pool, event: SeededEvent): Promise<{ id: string; claimKey: string }> {
  const { tenant, claimId, version, occurredAt, status = 'submitted', provider = 'cair', late = false } = event;
  const { receivedAt = occurredAt, raw = { topic: 'claims.raw.cair.v1', partition: 0, offset: '0', sha256: '00' } } =
    event;
  const claimKey = [tenant, provider, claimId].map(encodeURIComponent).join('/');
  const id = `evt_${tenant}_${++seq}`;
  const shared = { tenant, claimKey, version, status, occurredAt, receivedAt, raw };
  const cause = { provider, connection: 'con_1', transaction: null, partnership: null, environment: 'production' };
  const message = { id, type: 'claim.status_changed', ...shared, cause };
  const amounts = { billed: null, allowed: null, approved: null, paid: null, patientResponsibility: null };
  const said = { stageRank: 0, sequence: [], currency: 'USD', reasons: [], amounts, remittance: null, payment: null };
  const rest = { lines: [], serviceDates: null, flags: [], aliases: [], claimedPreviousStatus: null };
  const fact = { eventId: id, provider, connection: 'con_1', ...shared, ...said, ...rest };
  await pool.query(
    `insert into claim_events
       (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message, lane_id, lane_seq)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)`,
    [id, claimKey, tenant, version, occurredAt, receivedAt, late, fact, JSON.stringify(message), seq],
  );
  const state = { claimKey, tenant, provider, status, version, aliases: [{ system: 'x', value: `alias-${claimId}` }] };
  await pool.query(
    `insert into claims (claim_key, tenant_id, provider, status, version, state, accumulator)
     values ($1, $2, $3, $4, $5, $6, '{}')
     on conflict (claim_key) do update set status = $4, version = $5, state = $6, updated_at = now()`,
    [claimKey, tenant, provider, status, version, state],
  );
  return { id, claimKey };
}
