import type { ClaimEvent } from '@claimwire/contracts';
import { encodeHeaders, EVENTS_TOPIC } from '@claimwire/contracts';
import { KafkaPublisher } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { generateWebhookSecret } from '@claimwire/signing';
import type { BenchTopics } from '../machine/topics.js';

export const TENANT = 'bench';
const SLICE = 2_000;
const PUBLISH_DEADLINE_MS = 60_000;
/** About what a claim event of a provider with a few references takes. */
const EVENT_BYTES = 1_024;

export interface Destination {
  url: string;
  concurrency: number;
}

/** Webhooks as the API stores them, each bound to everything. */
export async function insertWebhooks(pool: Pool, keyringText: string, destinations: readonly Destination[]) {
  const keyring = Keyring.parse(keyringText);
  const seal = (table: string, row: string, column: string, value: object) =>
    keyring.seal(JSON.stringify(value), { tenant: TENANT, table, row, column });
  await pool.query(`insert into tenants (id, name) values ($1, $1) on conflict do nothing`, [TENANT]);
  await pool.query(
    `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ('crd', $1, 'c', 'none', '{}', $2)`,
    [TENANT, seal('credential_sets', 'crd', 'sealed', { type: 'none' })],
  );
  for (const [index, { url, concurrency }] of destinations.entries()) {
    const id = `whk_${index}`;
    const secrets = { secrets: [{ value: generateWebhookSecret() }] };
    await pool.query(
      `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
         ordering, signing, signing_sealed, payload)
       values ($5, $1, $5, 'POST', $2, 'crd', $3, 5000, '{"type":"fixed","retries":4,"delaySeconds":1}', 'per_claim',
         '{"type":"standard_webhooks"}', $4, 'full')`,
      [TENANT, url, concurrency, seal('webhooks', id, 'signing_sealed', secrets), id],
    );
    await pool.query(
      `insert into bindings (id, tenant_id, webhook_id, event_type, filters) values ($2, $1, $3, '*', '{}')`,
      [TENANT, `bnd_${index}`, id],
    );
  }
}

function eventOf(claim: number, version: number): ClaimEvent {
  const at = new Date(Date.UTC(2025, 2, 11, 14, 0, version)).toISOString();
  const event: ClaimEvent = {
    ...{ id: `evt_${claim}_${version}`, type: 'claim.updated', tenant: TENANT, claimKey: `${TENANT}/cair/${claim}` },
    ...{ version, attempt: 1, status: 'submitted', previousStatus: null, late: false, flags: [] },
    ...{ occurredAt: at, receivedAt: at },
    cause: {
      ...{ provider: 'cair', connection: 'con_1', event: 'CLAIM_STATUS_CHANGE', status: 'submitted', reportedBy: null },
      ...{ transaction: null, partnership: null, environment: 'production', reasons: [] },
    },
    amounts: { currency: 'USD', billed: null, allowed: null, approved: null, paid: null, patientResponsibility: null },
    ...{ payment: null, lines: [], serviceDates: null },
    aliases: [{ system: 'cair.claimLifecycleId', value: '' }],
    raw: { topic: 'claims.raw.cair.v1', partition: 0, offset: '0', sha256: '0'.repeat(64) },
  };
  const missing = EVENT_BYTES - Buffer.byteLength(JSON.stringify(event));
  return { ...event, aliases: [{ system: 'cair.claimLifecycleId', value: 'x'.repeat(Math.max(0, missing)) }] };
}

/** The events of `claims` claims, versions in order. @param firstClaim number of the first of them */
export function planEvents(count: number, claims: number, firstClaim = 0): ClaimEvent[] {
  return Array.from({ length: count }, (_, at) => eventOf(firstClaim + (at % claims), 1 + Math.floor(at / claims)));
}

/** What the normaliser leaves: every event stored and published. */
export async function preload(pool: Pool, topics: BenchTopics, events: readonly ClaimEvent[]): Promise<void> {
  await storeEvents(pool, events);
  await publishEvents(topics, events);
}

/** @param from number of the first in its lane */
export async function storeEvents(pool: Pool, events: readonly ClaimEvent[], from = 0): Promise<void> {
  for (let at = 0; at < events.length; at += SLICE) {
    const slice = events.slice(at, at + SLICE);
    const column = <T>(read: (event: ClaimEvent) => T): T[] => slice.map(read);
    await pool.query(
      `insert into claim_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, fact, message,
         lane_id, lane_seq)
       select i, k, $1, v, o::timestamptz, o::timestamptz, false, '{}', m, 1, $6 + n
       from unnest($2::text[], $3::text[], $4::int[], $5::text[], $7::text[]) with ordinality as e (i, k, v, o, m, n)`,
      [
        TENANT,
        column(({ id }) => id),
        column(({ claimKey }) => claimKey),
        column(({ version }) => version),
        column(({ occurredAt }) => occurredAt),
        from + at,
        column((event) => JSON.stringify(event)),
      ],
    );
  }
}

export async function publishEvents(topics: BenchTopics, events: readonly ClaimEvent[]): Promise<void> {
  const publisher = new KafkaPublisher(topics.handle, { deadlineMs: PUBLISH_DEADLINE_MS });
  await publisher.start();
  for (let at = 0; at < events.length; at += SLICE)
    await publisher.publishAll(events.slice(at, at + SLICE).map(recordOf));
  await publisher.stop();
}

/** As the normaliser publishes it. */
export function recordOf(event: ClaimEvent) {
  const headers = encodeHeaders({
    ...{ id: event.id, source: 'claimwire/normalizer', type: event.type, time: event.receivedAt, tenant: TENANT },
    ...{ connection: event.cause.connection, contentType: 'application/json' },
  });
  return { topic: EVENTS_TOPIC, key: event.claimKey, value: JSON.stringify(event), headers };
}
