import { createPool, inTransaction, type Pool } from '@claimwire/postgres';
import { createTestDatabase, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Delivery } from '../lanes/delivery.js';
import { settleBatch } from './settle-batch.js';
import type { Settlement } from './settlement.js';

const BATCH = 50;
const RETRIED = 5;
const RETRY_MS = 3_600_000;
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, 1);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** Without the rows that deliveries refer to: only the table itself is looked at. */
const store = (first: number, last: number, state: string, version = 1) =>
  inTransaction(pool, async (client) => {
    await client.query('set local session_replication_role = replica');
    await client.query(
      `insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version, state, settled_at)
       select 't', 'whk_1', format('evt_%s_%s', n, $4::int), 'claim.updated', 'claim-' || n, $4, $3,
         case when $3 <> 'pending' then now() end
       from generate_series($1::int, $2::int) as n`,
      [first, last, state, version],
    );
  });
const storeWebhook = () =>
  inTransaction(pool, async (client) => {
    await client.query('set local session_replication_role = replica');
    await client.query(
      `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy,
         ordering, signing, signing_sealed, payload)
       values ('whk_1', 't', 'w', 'POST', 'https://pms.example', 'c', 1, 1000, '{}', 'per_claim', '{}', '', 'full')`,
    );
  });

/** The first few are to be tried again. */
const settlement = (row: Pick<Delivery, 'id' | 'eventId' | 'claimKey'>, index: number): Settlement => ({
  delivery: {
    ...row,
    tenant: 't',
    webhookId: 'whk_1',
    eventType: 'claim.updated',
    version: 1,
    replayId: '',
    tries: 0,
    firstTriedAt: null,
    receivedAt: '',
    traceparent: undefined,
    message: null,
  },
  outcome: index < RETRIED ? { type: 'retry', delayMs: RETRY_MS } : { type: 'delivered' },
  attempt: null,
});

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** How many rows of the table a plan's scans touched. */
const touched = (node: PlanNode): number => {
  const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  const isScan = node['Relation Name'] === 'deliveries' && !node.Plans?.length;
  return (isScan ? own : 0) + (node.Plans ?? []).reduce((sum, plan) => sum + touched(plan), 0);
};

it('settles a batch by its ids, whatever waits beside it and whatever the statistics know of that', async () => {
  await storeWebhook();
  await store(1, 40_000, 'delivered');
  await pool.query('analyze deliveries');
  await store(40_001, 48_000, 'pending');
  await store(40_001, 40_000 + BATCH, 'pending', 2);
  const { rows } = await pool.query<Pick<Delivery, 'id' | 'eventId' | 'claimKey'>>(
    `select id, event_id as "eventId", claim_key as "claimKey" from deliveries where state = 'pending' order by id limit $1`,
    [BATCH],
  );
  let plan: PlanNode | undefined;
  const explained = {
    query: async (text: string, values: unknown[]) => {
      const answer = await pool.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      plan = answer.rows[0]?.['QUERY PLAN'][0]?.Plan;
      return answer;
    },
  } as unknown as Pick<Pool, 'query'>;
  await settleBatch(explained, rows.map(settlement));
  expect(touched(plan!)).toBeGreaterThan(0);
  expect(touched(plan!)).toBeLessThanOrEqual(6 * BATCH);
  const { rows: after } = await pool.query<{ state: string; later: boolean; count: number }>(
    `select state, next_attempt_at > now() + interval '30 minutes' as later, count(*)::int as count from deliveries
     group by 1, 2 order by 1, 2`,
  );
  expect(after).toEqual([
    { state: 'delivered', later: false, count: 40_000 + BATCH - RETRIED },
    { state: 'pending', later: false, count: 8_000 - RETRIED },
    // With what waits behind each of them.
    { state: 'pending', later: true, count: 2 * RETRIED },
  ]);
});
