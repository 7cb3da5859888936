import { randomBytes } from 'node:crypto';
import { rawTopic, STATE_TOPIC, type ClaimState } from '@claimwire/contracts';
import { Keyring } from '@claimwire/keyring';
import {
  cairEvents,
  rawCair,
  rawCairBody,
  TENANT,
  type AppProcess,
  type TopicCollector,
} from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliBench } from '../../test/cli-bench.js';
import { EXIT } from '../exit-codes.js';

const within = { timeout: 40_000, interval: 100 };
const KEYRING = `k1:${randomBytes(32).toString('base64')}`;
const NOTHING = { claims: 0, events: 0, deliveries: 0, attempts: 0, replays: 0, quarantine: 0, spool: 0 };
/** One, or more where its raw message is on the topic more than once. */
const QUARANTINED = expect.any(Number) as unknown as number;
const keyOf = (claim: string) => `${TENANT}/cair/${claim}`;

let bench: CliBench;
let states: TopicCollector;
let normalizer: AppProcess;
let sent = 0;

const erase = (claim: string, ...more: string[]) =>
  bench.claimwire('erase', '--tenant', TENANT, '--claim', claim, '--json', ...more);

async function publish(records: ReturnType<typeof rawCair>[]): Promise<void> {
  await bench.publisher.publishAll(records);
  sent += records.length;
}

/** Every raw message so far is settled in PostgreSQL; on a busy machine some are on their topic twice. */
const settled = () =>
  vi.waitFor(async () => {
    const logs = await bench.handle.withAdmin((admin) => admin.fetchTopicOffsets(bench.handle.topic(rawTopic('cair'))));
    const written = logs.reduce((sum, { high }) => sum + Number(high), 0);
    const { rows } = await bench.pool.query<{ sum: string }>(
      `select coalesce(sum(next_offset), 0) as sum from consumer_lanes where consumer = 'normalizer' and topic = $1`,
      [rawTopic('cair')],
    );
    expect(written).toBeGreaterThanOrEqual(sent);
    expect(Number(rows[0]?.sum)).toBe(written);
  }, within);

/** Tables with a row that has the text anywhere. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows } = await bench.pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await bench.pool.query(
      `select 1 from ${name} as any_row where any_row::text ilike $1 limit 1`,
      [`%${text}%`],
    );
    if (rowCount) found.push(name);
  }
  return found;
}

const newestState = (claim: string) => states.byKey<ClaimState | null>().get(keyOf(claim))?.at(-1);

/** What the apps that do not run here would have stored for the claim. */
async function storeDeliveries(claim: string): Promise<void> {
  await bench.pool.query(
    `insert into credential_sets (id, tenant_id, name, type, config, sealed) values ('crd_1', $1, 'c', 'none', '{}', '')
     on conflict do nothing`,
    [TENANT],
  );
  await bench.pool.query(
    `insert into webhooks (id, tenant_id, name, method, url, credential_set_id, concurrency, timeout_ms, retry_policy, ordering,
       signing, signing_sealed, payload)
     values ('wh_1', $1, 'w', 'POST', 'https://x.test', 'crd_1', 1, 5000, '{}', 'per_claim', '{}', '', 'full')
     on conflict do nothing`,
    [TENANT],
  );
  await bench.pool.query(
    `with delivery as (
       insert into deliveries (tenant_id, webhook_id, event_id, event_type, claim_key, version)
       select tenant_id, 'wh_1', event_id, 'claim.updated', claim_key, version from claim_events where claim_key = $1
       returning *)
     insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, phases, request, response)
     select id, webhook_id, tenant_id, event_id, 1, now(), '{}', '{}', jsonb_build_object('body', claim_key) from delivery`,
    [keyOf(claim)],
  );
  // Its delivery has left the error queue, and was deleted.
  await bench.pool.query(
    `insert into delivery_attempts (delivery_id, webhook_id, tenant_id, event_id, number, at, phases, request, response)
     select 999999999, 'wh_1', tenant_id, event_id, 5, now(), '{}', '{}', jsonb_build_object('body', claim_key)
     from claim_events where claim_key = $1 and version = 1`,
    [keyOf(claim)],
  );
  await bench.pool.query(
    `insert into replays (id, tenant_id, webhook_id, kind, selection, rate_per_second, created_by, state)
     values ($1, $2, 'wh_1', 'claim', jsonb_build_object('claimKey', $3::text), 1, 'key', 'completed')`,
    [`rpl_${claim}`, TENANT, keyOf(claim)],
  );
  // A sender that has them in memory, and dies: nobody renews this lease.
  await bench.pool.query(
    `insert into webhook_leases (webhook_id, owner, epoch, expires_at) values ('wh_1', 'fanout-a', 1, now() + interval '2 seconds')
     on conflict (webhook_id) do update set owner = 'fanout-a', expires_at = excluded.expires_at`,
  );
}

async function storeSpooled(claim: string): Promise<void> {
  const record = rawCair({ claim, status: 'Submitted', minute: 90 });
  const row = record.headers.ce_id ?? '';
  const content = {
    key: record.key,
    headers: record.headers,
    value: Buffer.from(String(record.value)).toString('base64'),
  };
  const place = { tenant: TENANT, table: 'ingress_spool', row, column: 'sealed' };
  const sealed = Keyring.parse(KEYRING).seal(JSON.stringify(content), place);
  await bench.pool.query('insert into ingress_spool (tenant_id, ce_id, topic, sealed) values ($1, $2, $3, $4)', [
    TENANT,
    row,
    record.topic,
    sealed,
  ]);
  await bench.pool.query('update ingress_spool_usage set rows = rows + 1, bytes = bytes + $1', [sealed.length]);
}

beforeAll(async () => {
  bench = await CliBench.create({ CLAIMWIRE_KEYRING: KEYRING }, { role: 'operator' });
  states = bench.collect(STATE_TOPIC);
  normalizer = bench.startNormalizer();
  await publish(cairEvents(4, 6).map(rawCair));
  await publish(['claim-1', 'claim-2'].map((claim) => rawCairBody(claim, `{"claimFhirId": 7, "of": "${claim}"}`)));
  await settled();
  await vi.waitFor(
    async () => expect((await bench.pool.query('select 1 from quarantine')).rowCount).toBeGreaterThan(1),
    within,
  );
});

afterAll(() => bench?.close());

describe('claimwire erase', () => {
  it('says first what it would remove, and changes nothing', async () => {
    await storeDeliveries('claim-1');
    await storeDeliveries('claim-2');
    await storeSpooled('claim-1');
    await storeSpooled('claim-2');
    const { code, result } = await erase('claim-1', '--dry-run');
    expect(code).toBe(EXIT.ok);
    const counts = { claims: 1, events: 6, deliveries: 6, attempts: 7, replays: 1, quarantine: QUARANTINED, spool: 1 };
    expect(result).toEqual({ wouldRemove: counts });
    expect(await tablesWith('claim-1')).toContain('claim_events');
    expect((await bench.pool.query('select 1 from erased_claims')).rowCount).toBe(0);
  });

  it('removes the claim from every table, and nothing of another claim', async () => {
    const { code, result, printed, said } = await erase('claim-1');
    expect(code).toBe(EXIT.ok);
    expect(result.removed).toEqual({
      claims: 1,
      events: 6,
      deliveries: 6,
      attempts: 7,
      replays: 1,
      quarantine: QUARANTINED,
      spool: 1,
    });
    expect(await tablesWith('claim-1')).toEqual([]);
    expect([...printed, said].join()).not.toContain('claim-1');
    expect((await bench.pool.query('select 1 from quarantine')).rowCount).toBeGreaterThan(0);
    const left = await erase('claim-2', '--dry-run');
    expect(left.result).toEqual({
      wouldRemove: { claims: 1, events: 6, deliveries: 6, attempts: 7, replays: 1, quarantine: QUARANTINED, spool: 1 },
    });
    const usage = await bench.pool.query<{ same: boolean }>(
      `select rows = (select count(*) from ingress_spool) and bytes = (select sum(octet_length(sealed)) from ingress_spool) as same
       from ingress_spool_usage`,
    );
    expect(usage.rows[0]?.same).toBe(true);
  });

  it('writes a tombstone as the last word on the claim, and says until when each topic may hold something of it', async () => {
    await expect.poll(() => newestState('claim-1'), within).toBeNull();
    const { result } = await erase('claim-1', '--provider', 'cair');
    const topics = result.topics as {
      topic: string;
      retentionMs: number | null;
      expiresAt: string;
      compacted: boolean;
    }[];
    const days = topics.map(({ topic, retentionMs }) => [
      topic,
      retentionMs === null ? null : retentionMs / 86_400_000,
    ]);
    expect(days).toEqual([
      ['claims.raw.cair.v1', 30],
      ['claims.quarantine.v1', 90],
      ['claims.events.v1', 30],
      ['claims.state.v1', null],
    ]);
    expect(topics.at(-1)?.compacted).toBe(true);
    expect(Date.parse(topics[0]!.expiresAt)).toBeGreaterThan(Date.now() + 30 * 86_400_000);
  });

  it('is audited without the name of the claim', async () => {
    const { rows } = await bench.pool.query<{ actor: string; action: string; target: string }>(
      `select actor, action, target from audit_log where tenant_id = $1 order by id limit 2`,
      [TENANT],
    );
    expect(rows.map(({ action }) => action)).toEqual(['claim.erasure_begun', 'claim.erased']);
    expect(rows[0]?.actor).toMatch(/^cli:/);
    expect(rows[0]?.target).toMatch(/^erased:[0-9a-f]{32}$/);
  });

  it('keeps a late event, one that is sent again and a retry from quarantine from bringing the claim back', async () => {
    const before = states.messages.length;
    await publish([
      rawCair({ claim: 'claim-1', status: 'Rejected', minute: 3 }),
      rawCair({ claim: 'claim-1', status: 'Submitted', minute: 100 }),
      rawCair({ claim: 'claim-3', status: 'Submitted', minute: 100 }),
    ]);
    await settled();
    await expect.poll(() => newestState('claim-3')?.version, within).toBe(7);
    expect(await tablesWith('claim-1')).toEqual([]);
    expect(new Set(states.messages.slice(before).map(({ key }) => String(key)))).toEqual(new Set([keyOf('claim-3')]));
    expect(normalizer.output).toMatch(/"erased":[1-9]/);
  });

  it('leaves nothing that a rebuild from the raw topics would find', async () => {
    const { code, said } = await bench.claimwire('rebuild', '--from-raw', '--json');
    expect([code, said]).toEqual([EXIT.ok, expect.any(String)]);
  });

  it('wins against events that arrive meanwhile, and goes on where it was cut short', async () => {
    const stream = Array.from({ length: 60 }, (_, minute) => rawCair({ claim: 'racing', status: 'Submitted', minute }));
    await publish(stream.slice(0, 5));
    await settled();
    const feeding = (async () => {
      for (let at = 5; at < stream.length; at += 5) await publish(stream.slice(at, at + 5));
    })();
    const first = await erase('racing');
    await feeding;
    expect(first.code).toBe(EXIT.ok);
    await settled();
    expect(await tablesWith('racing')).toEqual([]);
    await expect.poll(() => newestState('racing'), within).toBeNull();
    expect((await erase(keyOf('racing'))).result).toMatchObject({ removed: NOTHING });
  });

  it('keeps out a claim of which nothing is stored yet, also one that is being stored at this moment', async () => {
    const unseen = ['unseen-0', 'unseen-1', 'unseen-2'];
    const feeding = publish(
      unseen.flatMap((claim) => [0, 1, 2].map((minute) => rawCair({ claim, status: 'Submitted', minute }))),
    );
    for (const claim of unseen) expect((await erase(claim, '--provider', 'cair')).code).toBe(EXIT.ok);
    await feeding;
    await settled();
    expect(await tablesWith('unseen')).toEqual([]);
    for (const claim of unseen) await expect.poll(() => newestState(claim) ?? null, within).toBeNull();
  });

  it('says what is missing, and erases nothing', async () => {
    expect((await erase('nowhere')).code).toBe(EXIT.usage);
    expect((await bench.claimwire('erase', '--tenant', TENANT)).code).toBe(EXIT.usage);
    expect((await bench.claimwire('erase', '--tenant', 'nobody', '--claim', 'claim-2')).code).toBe(EXIT.usage);
    bench.env.CLAIMWIRE_KEYRING = '';
    expect((await erase('claim-2')).code).toBe(EXIT.settings);
    bench.env.CLAIMWIRE_KEYRING = KEYRING;
    expect(await tablesWith('claim-2')).toContain('claim_events');
  });
});
