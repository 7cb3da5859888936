import { encodeHeaders, rawEventId, rawTopic } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import type { Pool } from '@claimwire/postgres';

export const TENANT = 'acme';
export const CONNECTION = 'con_1';

/** A tenant with one CAIR connection, as the API stores them. */
export async function insertConnection(pool: Pool): Promise<void> {
  await pool.query(`insert into tenants (id, name) values ($1, 'Acme')`, [TENANT]);
  await pool.query(
    `insert into connections (id, tenant_id, provider, name, auth, settings, sealed)
     values ($1, $2, 'cair', 'CAIR', '{}', '{}', '')`,
    [CONNECTION, TENANT],
  );
}

export interface CairEvent {
  claim: string;
  status: string;
  /** Minute of the day at which it happened. */
  minute: number;
}

/** The raw message that the ingress writes for a CAIR status change. */
export function rawCair({ claim, status, minute }: CairEvent): PublishRecord {
  const timestamp = new Date(Date.UTC(2025, 2, 11, 0, minute)).toISOString();
  const body = JSON.stringify({ claimFhirId: claim, claimLifecycleId: `life-${claim}`, newStatus: status, timestamp });
  return rawCairBody(claim, body);
}

/** @param body any text, for what cannot be processed */
export function rawCairBody(claim: string, body: string): PublishRecord {
  const headers = encodeHeaders({
    id: rawEventId(TENANT, 'cair', body),
    source: '/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time: new Date().toISOString(),
    tenant: TENANT,
    connection: CONNECTION,
    contentType: 'application/json',
  });
  return { topic: rawTopic('cair'), key: `${TENANT}/${claim}`, value: body, headers };
}

const STATUSES = ['Submitted', 'Rejected', 'Submitted', 'Failed_To_Submit'];

/** For each claim as many events as asked for, in the order they happened. */
export function cairEvents(claims: number, eventsPerClaim: number): CairEvent[] {
  return Array.from({ length: claims * eventsPerClaim }, (_, index) => {
    const minute = Math.floor(index / claims);
    return { claim: `claim-${index % claims}`, status: STATUSES[minute % STATUSES.length] as string, minute };
  });
}

/** The same order for the same seed, so that a failure can be repeated. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x80000000;
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
