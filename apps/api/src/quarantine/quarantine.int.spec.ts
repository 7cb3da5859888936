import { encodeHeaders, QUARANTINE_TOPIC, rawTopic, TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.js';

let api: TestApi;
let database: TestDatabase;
let pool: Pool;
let kafka: KafkaHandle;
let publisher: KafkaPublisher;
let key: string;
let stranger: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const topicPrefix = testTopicPrefix();
  const brokers = testKafkaBrokers();
  kafka = createKafka({ brokers, clientId: 'test', topicPrefix, logger: { warn: () => undefined } });
  const used = TOPICS.filter(({ name }) => [rawTopic('cair'), QUARANTINE_TOPIC].includes(name));
  await applyTopics(kafka, used, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(kafka);
  const env = { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: topicPrefix };
  api = await startTestApi({ DATABASE_URL: database.urlOf('api'), ...env });
  pool = createPool(database.url, 2);
  key = await api.createTenant('acme');
  stranger = await api.createTenant('stranger');
});

afterAll(async () => {
  await api?.stop();
  await publisher?.stop();
  await kafka?.close();
  await pool?.end();
  await database?.drop();
});

beforeEach(async () => {
  await pool.query('delete from quarantine');
});

interface Fixture {
  reason?: string;
  stage?: string;
  connection?: string;
  minute?: number;
  daysLeft?: number;
  tenant?: string;
}

/** One quarantined message as the normaliser writes and indexes it; its body is its id. */
async function quarantine(id: string, fixture: Fixture = {}): Promise<void> {
  const { reason = 'no_status', stage = 'normalise', connection = 'con_1', minute = 0, daysLeft = 90 } = fixture;
  const { tenant = 'acme' } = fixture;
  const time = new Date(Date.UTC(2025, 2, 11, 14, minute)).toISOString();
  const headers = encodeHeaders({
    id: `raw_${id}`,
    source: '/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time,
    tenant,
    connection,
    contentType: 'application/json',
    extra: { 'claimwire-reason': reason, 'claimwire-stage': stage, 'claimwire-source-topic': rawTopic('cair') },
  });
  const record = { topic: QUARANTINE_TOPIC, key: `${tenant}/k`, value: `{"body": "${id}"}`, headers };
  const { partition, offset } = await publisher.publish(record);
  await pool.query(
    `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, source_topic, topic, partition,
       "offset", received_at, expires_at)
     values ($1, $2, $3, $4, 'cair.CLAIM_STATUS_CHANGE', $5, $6, $7, $8, $9, $10, $11, now() + $12::int * interval '1 day')`,
    [
      id,
      tenant,
      connection,
      `raw_${id}`,
      reason,
      stage,
      rawTopic('cair'),
      QUARANTINE_TOPIC,
      partition,
      offset,
      time,
      daysLeft,
    ],
  );
}

const get = (path: string, as = key) => api.call('GET', `/v1/quarantine${path}`, { key: as });
const post = (path: string, body: unknown, as = key) => api.call('POST', `/v1/quarantine${path}`, { key: as, body });
const idsOf = async (query: string) => (await get(query)).body.data.map(({ id }) => id);
const statusOf = async (id: string) => (await get(`/${id}`)).body.status;
const auditOf = async (action: string) => {
  const { body } = await api.call('GET', '/v1/audit-log', { key });
  return body.data.filter((entry) => entry.action === action);
};
async function messagesOnSource(): Promise<number> {
  const offsets = await kafka.withAdmin((admin) => admin.fetchTopicOffsets(kafka.topic(rawTopic('cair'))));
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

describe('the list', () => {
  it('is filtered by reason, stage, connection, time of receipt and expiry', async () => {
    await quarantine('a', { minute: 1 });
    await quarantine('b', { minute: 2, reason: 'claim_id_missing', stage: 'ingress' });
    await quarantine('c', { minute: 3, connection: 'con_2', daysLeft: 6 });
    expect(await idsOf('?stage=ingress')).toEqual(['b']);
    expect(await idsOf('?reason=no_status&connection=con_2')).toEqual(['c']);
    expect(await idsOf('?since=2025-03-11T14:02:00Z')).toEqual(['c', 'b']);
    expect(await idsOf('?since=2025-03-11T14:01:00Z&until=2025-03-11T14:03:00Z')).toEqual(['b', 'a']);
    expect(await idsOf('?expiring=true')).toEqual(['c']);
    expect(await idsOf('?expiring=false')).toEqual(['b', 'a']);
    expect((await get('?expiring=soon')).status).toBe(400);
  });

  it('shows no bytes; one item says when its bytes expire and what it follows on', async () => {
    await quarantine('a');
    await pool.query(`update quarantine set attempt = 2, previous_id = 'qua_0' where id = 'a'`);
    const { body } = await get('/a');
    expect(body).toMatchObject({ id: 'a', eventId: 'raw_a', attempt: 2, previousId: 'qua_0', discardReason: null });
    expect(Math.round((Date.parse(String(body.expiresAt)) - Date.now()) / 86_400_000)).toBe(90);
    expect(JSON.stringify([body, (await get('')).body])).not.toContain('{\\"body');
    expect((await get('/nothing')).status).toBe(404);
  });
});

describe('the bytes of an item', () => {
  it('are those that came, and each look is in the audit log', async () => {
    await quarantine('a');
    const { status, headers, body } = await get('/a/raw');
    expect([status, headers.get('content-type'), body]).toEqual([200, 'application/octet-stream', '{"body": "a"}']);
    expect(await auditOf('quarantine.raw_read')).toMatchObject([{ target: 'a' }]);
    expect((await get('/a/raw', stranger)).status).toBe(404);
  });

  it('are gone when the topic no longer has them, or has another event at their place', async () => {
    await quarantine('expired');
    await pool.query(`update quarantine set "offset" = "offset" + 1000000`);
    await quarantine('moved');
    await pool.query(`update quarantine set ce_id = 'raw_of_another' where id = 'moved'`);
    for (const id of ['expired', 'moved']) {
      expect([id, (await get(`/${id}/raw`)).status, (await post(`/${id}/retry`, {})).status]).toEqual([id, 410, 410]);
    }
  });
});

describe('many at once', () => {
  it('are retried by filter, first received first, with what is left', async () => {
    for (const [index, id] of ['d', 'c', 'b', 'a'].entries()) await quarantine(id, { minute: 10 - index });
    await quarantine('other', { reason: 'headers_invalid' });
    await quarantine('theirs', { tenant: 'stranger' });
    const before = await messagesOnSource();
    const first = await post('/retry', { filter: { reason: 'no_status' }, limit: 3 });
    expect(first).toMatchObject({ status: 200, body: { settled: 3, skipped: [], remaining: 1 } });
    expect(await idsOf('?status=retried')).toEqual(['c', 'b', 'a']);
    expect((await post('/retry', { filter: { reason: 'no_status' } })).body).toMatchObject({
      settled: 1,
      remaining: 0,
    });
    expect((await messagesOnSource()) - before).toBe(4);
    expect(await statusOf('other')).toBe('open');
    expect((await get('/theirs', stranger)).body.status).toBe('open');
    expect((await auditOf('quarantine.retried'))[1]).toMatchObject({ target: null, detail: { ids: ['a', 'b', 'c'] } });
  });

  it('are retried by id; what cannot be is named with the reason and stays as it is', async () => {
    await quarantine('a');
    await quarantine('b');
    await quarantine('gone');
    await quarantine('theirs', { tenant: 'stranger' });
    await pool.query(`update quarantine set "offset" = "offset" + 1000000 where id = 'gone'`);
    await post('/b/discard', { reason: 'sent by mistake' });
    const { body } = await post('/retry', { ids: ['a', 'b', 'gone', 'theirs', 'nothing'] });
    expect(body).toEqual({
      settled: 1,
      skipped: [
        { id: 'b', reason: 'not_open' },
        { id: 'theirs', reason: 'not_found' },
        { id: 'nothing', reason: 'not_found' },
        { id: 'gone', reason: 'gone' },
      ],
      remaining: 1,
    });
    expect([await statusOf('gone'), await statusOf('b')]).toEqual(['open', 'discarded']);
  });

  it('must be selected in exactly one way and within bounds', async () => {
    const many = Array.from({ length: 501 }, (_, index) => `q${index}`);
    for (const body of [{}, { ids: ['a'], filter: {} }, { ids: [] }, { ids: many }, { filter: {}, limit: 501 }]) {
      expect((await post('/retry', body)).status).toBe(422);
    }
    expect((await post('/discard', { filter: {} })).status).toBe(422);
  });

  it('go over several reads of the topic', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, index) => quarantine(`n${index}`)));
    expect((await post('/retry', { filter: {}, limit: 500 })).body).toEqual({
      settled: 120,
      skipped: [],
      remaining: 0,
    });
  });
});

describe('what has no readable headers', () => {
  const lost = async (id: string) => {
    const record = {
      topic: QUARANTINE_TOPIC,
      key: 'k',
      value: 'bytes of nobody',
      headers: { 'claimwire-reason': 'headers' },
    };
    const { partition, offset } = await publisher.publish(record);
    await pool.query(
      `insert into quarantine (id, tenant_id, connection_id, ce_id, ce_type, reason, stage, topic, partition, "offset", received_at, expires_at)
       values ($1, '', '', '', '', 'headers_unreadable', 'normalise', $2, $3, $4, now(), now() + interval '90 days')`,
      [id, QUARANTINE_TOPIC, partition, offset],
    );
  };

  it('is seen, looked at and discarded by a platform-admin alone, and can go back nowhere', async () => {
    await lost('nobodys');
    await quarantine('acmes');
    expect(await idsOf('')).toEqual(['acmes']);
    expect((await get('/nobodys', stranger)).status).toBe(404);
    expect((await get('', api.adminKey)).body.data.map(({ id }) => id)).toEqual(['nobodys']);
    expect((await get('/acmes', api.adminKey)).status).toBe(404);
    const raw = await fetch(`${api.url}/v1/quarantine/nobodys/raw`, {
      headers: { authorization: `Bearer ${api.adminKey}` },
    });
    expect(await raw.text()).toBe('bytes of nobody');
    expect((await post('/nobodys/retry', undefined, api.adminKey)).status).toBe(409);
    expect((await post('/retry', { filter: {} }, api.adminKey)).status).toBe(409);
    const discarded = await post('/nobodys/discard', { reason: 'written by hand' }, api.adminKey);
    expect(discarded).toMatchObject({ status: 200, body: { status: 'discarded' } });
    const { body } = await api.call('GET', '/v1/audit-log', { key: api.adminKey });
    const actions = body.data.filter(({ target }) => target === 'nobodys').map(({ action }) => action);
    expect(actions).toEqual(['quarantine.discarded', 'quarantine.raw_read']);
  });
});

describe('discarding', () => {
  it('settles an open item for good, with the reason in the audit log', async () => {
    await quarantine('a');
    const answer = await post('/a/discard', { reason: 'a test of the provider' });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'discarded', discardReason: 'a test of the provider' },
    });
    expect(await auditOf('quarantine.discarded')).toMatchObject([
      { target: 'a', detail: { reason: 'a test of the provider' } },
      expect.anything(),
    ]);
    expect((await post('/a/discard', { reason: 'again' })).status).toBe(409);
    expect((await post('/a/retry', {})).status).toBe(409);
    expect((await post('/a/discard', {})).status).toBe(422);
  });

  it('settles many, by filter', async () => {
    await quarantine('a', { stage: 'ingress' });
    await quarantine('b', { stage: 'ingress' });
    await quarantine('c');
    const selection = { filter: { stage: 'ingress', connection: 'con_1' }, reason: 'old tests' };
    expect((await post('/discard', selection)).body).toEqual({ settled: 2, skipped: [], remaining: 0 });
    expect(await idsOf('?status=open')).toEqual(['c']);
  });
});
