import { createHash } from 'node:crypto';
import { rawTopic, QUARANTINE_TOPIC, TOPICS, encodeHeaders } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, readMessage, type KafkaHandle } from '@claimwire/kafka';
import { createPool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedEvent } from '../../test/seed-claims.js';
import { startTestApi, type TestApi } from '../../test/start-test-api.js';

let api: TestApi;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;
let kafka: KafkaHandle;
let publisher: KafkaPublisher;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const topicPrefix = testTopicPrefix();
  const brokers = testKafkaBrokers();
  kafka = createKafka({ brokers, clientId: 'test', topicPrefix });
  const used = TOPICS.filter(({ name }) => [rawTopic('cair'), QUARANTINE_TOPIC].includes(name));
  await applyTopics(kafka, used, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(kafka);
  const env = { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: topicPrefix };
  api = await startTestApi({ DATABASE_URL: database.urlOf('api'), ...env });
  pool = createPool(database.url, 2);
  key = await api.createTenant('acme');
});

afterAll(async () => {
  await api?.stop();
  await publisher?.stop();
  await kafka?.close();
  await pool?.end();
  await database?.drop();
});

const get = (path: string, as = key) => api.call('GET', `/v1${path}`, { key: as });
const claimPath = (claimKey: string) => `/claims/${encodeURIComponent(claimKey)}`;
const at = (minute: number) => `2025-03-11T14:${String(minute).padStart(2, '0')}:00.000Z`;

describe('claims', () => {
  it('are read by their key as one path segment, whatever characters the claim id has', async () => {
    for (const claimId of ['plain', 'a/b c', '100%25', 'é?#&=+', 'x'.repeat(300)]) {
      const { claimKey } = await seedEvent(pool, { tenant: 'acme', claimId, version: 1, occurredAt: at(1) });
      const answer = await get(claimPath(claimKey));
      expect([answer.status, answer.body.claimKey]).toEqual([200, claimKey]);
      expect((await get(`${claimPath(claimKey)}/events`)).body.data).toHaveLength(1);
    }
  });

  it('show their history in the order of events, or of arrival, in pages', async () => {
    const tenant = 'acme';
    const seed = (version: number, minute: number) =>
      seedEvent(pool, { tenant, claimId: 'history', version, occurredAt: at(minute), receivedAt: at(50 + version) });
    const [first, second, third] = [await seed(1, 20), await seed(2, 10), await seed(3, 30)];
    const path = `${claimPath(first.claimKey)}/events`;
    const ids = async (query: string) => (await get(path + query)).body.data.map(({ id }) => id);
    expect(await ids('')).toEqual([second.id, first.id, third.id]);
    expect(await ids('?order=received')).toEqual([first.id, second.id, third.id]);
    const page = await get(`${path}?limit=2`);
    expect(await ids(`?limit=2&cursor=${page.body.nextCursor}`)).toEqual([third.id]);
  });

  it.each(['cair', 'stedi-test'])(
    'of %s are flagged as incomplete while a message of theirs is in quarantine, until it is retried or discarded',
    async (provider) => {
      const claimId = 'incomplete';
      const { claimKey } = await seedEvent(pool, { tenant: 'acme', claimId, version: 1, occurredAt: at(1), provider });
      await pool.query(`update claims set state = state || '{"flags": ["gap"]}' where claim_key = $1`, [claimKey]);
      const flags = async () => {
        const listed = (await get(`/claims?q=${claimId}`)).body.data as unknown as {
          claimKey: string;
          flags: string[];
        }[];
        return [
          (await get(claimPath(claimKey))).body.flags,
          listed.find((claim) => claim.claimKey === claimKey)?.flags,
        ];
      };
      expect(await flags()).toEqual([['gap'], ['gap']]);
      await pool.query(
        `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, topic, partition, "offset", received_at, claim_key)
         values ($1, 'acme', 'con_1', 'raw_1', 'x', 'bad', 'normalise', 'claims.quarantine.v1', 9, $2, now(), $3)`,
        [`qua_${provider}`, provider.length, `acme/${provider.replace('-test', '')}/${claimId}`],
      );
      expect(await flags()).toEqual([
        ['gap', 'incomplete'],
        ['gap', 'incomplete'],
      ]);
      await pool.query(`update quarantine set status = 'discarded' where id = $1`, [`qua_${provider}`]);
      expect(await flags()).toEqual([['gap'], ['gap']]);
      await pool.query('delete from quarantine where id = $1', [`qua_${provider}`]);
    },
  );

  it('tell of each event its place in both orders, whether it was late, and what it changed', async () => {
    const seed = (version: number, minute: number, status: string, late = false) =>
      seedEvent(pool, { tenant: 'acme', claimId: 'told', version, occurredAt: at(minute), status, late });
    const { claimKey } = await seed(1, 20, 'rejected');
    await seed(2, 10, 'submitted', true);
    await seed(3, 30, 'submitted');
    const told = (await get(`${claimPath(claimKey)}/events`)).body.data.map(
      ({ occurrence, version, late, type, changed }) => ({ occurrence, version, late, type, changed }),
    );
    const since = (from: number, to: number) => ({ field: 'statusSince', from: at(from), to: at(to) });
    const previous = (from: string | null, to: string) => ({ field: 'previousStatus', from, to });
    expect(told).toEqual([
      { occurrence: 1, version: 2, late: true, type: 'claim.history_amended', changed: [previous(null, 'submitted')] },
      { occurrence: 2, version: 1, late: false, type: 'claim.status_changed', changed: told[1]?.changed },
      {
        occurrence: 3,
        version: 3,
        late: false,
        type: 'claim.status_changed',
        changed: [
          { field: 'status', from: 'rejected', to: 'submitted' },
          previous('submitted', 'rejected'),
          since(20, 30),
          { field: 'attempt', from: 1, to: 2 },
        ],
      },
    ]);
  });

  it('are told as they were known at an earlier time: by the events received until then', async () => {
    const seed = (version: number, minute: number, received: number, status: string) =>
      seedEvent(pool, {
        tenant: 'acme',
        claimId: 'then',
        version,
        occurredAt: at(minute),
        receivedAt: at(received),
        status,
      });
    const { claimKey } = await seed(1, 20, 40, 'rejected');
    await seed(2, 10, 42, 'submitted');
    await seed(3, 30, 44, 'paid');
    const asOf = (time: string) => get(`${claimPath(claimKey)}?asOf=${encodeURIComponent(time)}`);
    expect((await asOf(at(39))).status).toBe(404);
    expect((await asOf(at(40))).body).toMatchObject({ status: 'rejected', version: 1, previousStatus: null });
    expect((await asOf('2025-03-11T15:43:59.999+01:00')).body).toMatchObject({
      status: 'rejected',
      version: 2,
      previousStatus: 'submitted',
      lastReceivedAt: at(42),
    });
    expect((await asOf('2025-03-12')).body).toMatchObject({ status: 'paid', version: 3 });
    const history = await get(`${claimPath(claimKey)}/events?order=received&asOf=${at(42)}`);
    expect(history.body.data.map(({ version, occurrence }) => [version, occurrence])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it.each(['', 'yesterday', '2025-02-30', '1741703700', '2025-03-11T14:35:00+01:00'])(
    'are not told as of %j: that is answered as a problem',
    async (time) => {
      const { claimKey } = await seedEvent(pool, {
        tenant: 'acme',
        claimId: `as-of-${time}`,
        version: 1,
        occurredAt: at(9),
      });
      for (const path of [claimPath(claimKey), `${claimPath(claimKey)}/events`]) {
        // unencoded: the + of an offset arrives as a space
        const answer = await get(`${path}?asOf=${time}`);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          400,
          expect.stringContaining('application/problem+json'),
        ]);
        expect(answer.body.errors).toMatchObject([{ path: 'asOf' }]);
      }
    },
  );

  it('of another tenant are not told, at no time', async () => {
    const { claimKey } = await seedEvent(pool, { tenant: 'acme', claimId: 'own', version: 1, occurredAt: at(1) });
    const stranger = await api.createTenant('stranger');
    for (const suffix of ['', '/events', `?asOf=${at(59)}`, `/events?asOf=${at(59)}`]) {
      expect((await get(claimPath(claimKey) + suffix, stranger)).status).toBe(404);
    }
  });

  it('are found by status, provider, part of their key and alias, page by page', async () => {
    const lister = await api.createTenant('lister');
    for (const [claimId, status] of [
      ['find-one', 'rejected'],
      ['find-two', 'paid'],
      ['other', 'paid'],
    ] as const) {
      await seedEvent(pool, { tenant: 'lister', claimId, version: 1, occurredAt: at(1), status });
    }
    const found = async (query: string) =>
      (await get(`/claims${query}`, lister)).body.data.map(({ claimKey }) => (claimKey as string).split('/')[2]);
    expect(await found('')).toEqual(['other', 'find-two', 'find-one']);
    expect(await found('?status=paid')).toEqual(['other', 'find-two']);
    expect(await found('?q=FIND')).toEqual(['find-two', 'find-one']);
    expect(await found('?q=alias-other')).toEqual(['other']);
    expect(await found('?provider=stedi')).toEqual([]);
    const { nextCursor } = (await get('/claims?limit=2', lister)).body;
    expect(await found(`?limit=2&cursor=${nextCursor}`)).toEqual(['find-one']);
  });

  it.each(['?status=nice', '?limit=0', '?limit=201', '?limit=x', '?cursor=x', '?colour=red'])(
    'are not listed by %s',
    async (query) => {
      expect((await get(`/claims${query}`)).status).toBe(400);
    },
  );
});

describe('events', () => {
  it('are answered byte for byte as published', async () => {
    const { id } = await seedEvent(pool, { tenant: 'acme', claimId: 'bytes', version: 1, occurredAt: at(1) });
    const stored = await pool.query<{ message: string }>('select message from claim_events where event_id = $1', [id]);
    expect((await get(`/events/${id}`)).body).toEqual(JSON.parse(stored.rows[0]!.message));
  });

  it('give their raw body to an operator, audited', async () => {
    const body = '{"raw":  "é \\/"}';
    const sha256 = createHash('sha256').update(body).digest('hex');
    const topic = rawTopic('cair');
    const placed = await publisher.publish({ topic, key: 'k', value: body, headers: {} });
    const raw = { topic, ...placed, sha256 };
    const { id } = await seedEvent(pool, { tenant: 'acme', claimId: 'raw', version: 1, occurredAt: at(1), raw });
    const answer = await get(`/events/${id}/raw`);
    expect([answer.status, answer.body]).toEqual([200, body]);
    const [entry] = (await get('/audit-log')).body.data;
    expect(entry).toMatchObject({ action: 'event.raw_read', target: id });
    const keyBody = { name: 'v', scope: 'viewer' };
    const viewer = (await api.call('POST', '/v1/api-keys', { key, body: keyBody })).body.apiKey;
    expect((await get(`/events/${id}/raw`, viewer)).status).toBe(403);
  });

  it('whose raw body is another one now, or no longer there, answer 410', async () => {
    const topic = rawTopic('cair');
    const placed = await publisher.publish({ topic, key: 'k', value: '{}', headers: {} });
    const seed = (claimId: string, offset: string) => {
      const raw = { topic, partition: placed.partition, offset, sha256: '00' };
      return seedEvent(pool, { tenant: 'acme', claimId, version: 1, occurredAt: at(1), raw });
    };
    expect((await get(`/events/${(await seed('swapped', placed.offset)).id}/raw`)).status).toBe(410);
    expect((await get(`/events/${(await seed('expired', '999999')).id}/raw`)).status).toBe(410);
  });
});

describe('quarantine', () => {
  const quarantine = async (id: string) => {
    const extra = { 'claimwire-reason': 'no_entity', 'claimwire-stage': 'ingress', 'claimwire-route': 'webhook' };
    const headers = encodeHeaders({
      id: `raw_${id}`,
      source: '/ingress/cair',
      type: 'cair.malformed',
      time: at(1),
      tenant: 'acme',
      connection: 'con_1',
      contentType: 'application/json',
      extra: { ...extra, 'claimwire-source-topic': rawTopic('cair') },
    });
    const { partition, offset } = await publisher.publish({
      topic: QUARANTINE_TOPIC,
      key: 'acme/k',
      value: id,
      headers,
    });
    await pool.query(
      `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, topic, partition, "offset", received_at)
       values ($1, 'acme', 'con_1', $2, 'cair.malformed', 'no_entity', 'ingress', $3, $4, $5, $6)`,
      [id, `raw_${id}`, QUARANTINE_TOPIC, partition, offset, at(1)],
    );
  };

  it('lists what is open, by reason, in pages', async () => {
    await quarantine('q1');
    await quarantine('q2');
    const ids = async (query: string) => (await get(`/quarantine${query}`)).body.data.map(({ id }) => id);
    expect(await ids('?status=open&reason=no_entity')).toEqual(['q1', 'q2']);
    expect(await ids('?reason=other')).toEqual([]);
    const { nextCursor } = (await get('/quarantine?limit=1')).body;
    expect(await ids(`?limit=1&cursor=${nextCursor}`)).toEqual(['q2']);
  });

  it('gives an event to its source topic again with the same id, key and bytes', async () => {
    await quarantine('q3');
    const before = await highWatermarks();
    const answer = await api.call('POST', '/v1/quarantine/q3/retry', { key });
    expect(answer).toMatchObject({ status: 200, body: { status: 'retried', eventId: 'raw_q3' } });
    const after = await highWatermarks();
    const partition = after.findIndex((high, index) => high !== before[index]);
    const message = await readMessage(kafka, rawTopic('cair'), partition, BigInt(before[partition]!));
    const headers = Object.fromEntries(Object.entries(message!.headers).map(([name, value]) => [name, String(value)]));
    expect([message!.key?.toString(), message!.value?.toString()]).toEqual(['acme/k', 'q3']);
    expect(headers).toMatchObject({ ce_id: 'raw_q3', 'claimwire-tenant': 'acme' });
    expect(Object.keys(headers)).not.toContain('claimwire-reason');
    expect((await get('/quarantine?status=retried')).body.data.map(({ id }) => id)).toEqual(['q3']);
  });

  async function highWatermarks(): Promise<string[]> {
    const offsets = await kafka.withAdmin((admin) => admin.fetchTopicOffsets(kafka.topic(rawTopic('cair'))));
    return offsets.sort((a, b) => a.partition - b.partition).map(({ high }) => high);
  }
});
