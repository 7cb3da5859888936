import { randomBytes } from 'node:crypto';
import { QUARANTINE_TOPIC, rawTopic } from '@claimwire/contracts';
import { cair } from '@claimwire/provider-cair';
import { curacel } from '@claimwire/provider-curacel';
import { tpastream } from '@claimwire/provider-tpastream';
import type { RunningService } from '@claimwire/service-host';
import { cairStatusChange, curacelVetted, generateSshRsaKeyPair, tpaClaim } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerOf, IngressHarness, TENANT } from '../test/ingress-harness.js';
import type { RawEventRecord, RawEventSink } from './raw-event-sink.js';

const SECRET = `secret-${randomBytes(8).toString('hex')}`;
const auth = { type: 'hmac_sha256', header: 'X-Signature', secret: SECRET, encoding: 'hex' };

let harness: IngressHarness;
beforeAll(async () => {
  harness = await IngressHarness.start();
});
afterAll(() => harness.stop());

/** Nobody listens there. */
const NO_KAFKA = { KAFKA_BROKERS: '127.0.0.1:1', PUBLISH_DEADLINE_MS: '300' };

const metricsOf = async ({ managementUrl }: RunningService): Promise<string> =>
  (await fetch(`${managementUrl}/metrics`)).text();
const statusOf = async ({ managementUrl }: RunningService, path: string): Promise<number> =>
  (await fetch(managementUrl + path)).status;

describe('durability before the answer', () => {
  it('answers only after the event is stored', async () => {
    const accepted = Promise.withResolvers<RawEventRecord>();
    const stored = Promise.withResolvers<void>();
    const sink: RawEventSink = {
      accept: (record) => {
        accepted.resolve(record);
        return stored.promise;
      },
    };
    const service = await harness.ingress(cair, sink);
    const to = await harness.connect(cair, auth);
    let answered = false;
    const reply = harness.send(service, cair, to, cairStatusChange()).finally(() => (answered = true));
    await accepted.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    stored.resolve();
    expect((await reply).response.status).toBe(202);
  });

  it('answers 503 with Retry-After when neither Kafka nor the spool takes it, for good and for malformed events', async () => {
    const service = await harness.ingress(cair, undefined, { ...NO_KAFKA, SPOOL_MAX_ROWS: '0' });
    const to = await harness.connect(cair, auth);
    for (const body of [cairStatusChange(), Buffer.from('[]')]) {
      const { response, answer } = await harness.send(service, cair, to, body);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer).toMatchObject({ status: 503, title: 'Service Unavailable' });
      expect(answer.detail).toContain('spool_full');
    }
    const wrong = await harness.send(service, cair, { ...to, auth: { ...auth, secret: 'x' } }, cairStatusChange());
    expect(wrong.response.status).toBe(401);
    expect(await statusOf(service, '/readyz')).toBe(200);
    expect(await statusOf(service, '/livez')).toBe(200);
  });

  it('finishes what is in flight when it stops', async () => {
    const stored = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const accept = (): Promise<void> => {
      started.resolve();
      return stored.promise;
    };
    const service = await harness.ingress(cair, { accept });
    const reply = harness.send(service, cair, await harness.connect(cair, auth), cairStatusChange());
    await started.promise;
    const stopped = service.stop();
    setTimeout(() => stored.resolve(), 100);
    expect((await reply).response.status).toBe(202);
    await stopped;
  });
});

describe('the spool', () => {
  const rows = async (): Promise<number> =>
    (await harness.pool.query<{ rows: number }>('select rows::int from ingress_spool_usage')).rows[0]!.rows;

  it('takes what Kafka does not acknowledge, sealed, and any replica brings it to its topic in order of arrival', async () => {
    const cutOff = await harness.ingress(cair, undefined, NO_KAFKA);
    const to = await harness.connect(cair, auth);
    const bodies = [...Array.from({ length: 5 }, () => cairStatusChange()), Buffer.from('[]')];
    const replies = [];
    for (const body of bodies) replies.push(await harness.send(cutOff, cair, to, body));
    expect(replies.map(({ response }) => response.status)).toEqual(bodies.map(() => 202));
    const stored = await harness.pool.query<{ ce_id: string; sealed: Buffer }>(
      'select ce_id, sealed from ingress_spool order by id',
    );
    expect(stored.rows.map(({ ce_id }) => ce_id)).toEqual(replies.map(({ answer }) => answer.id));
    expect(stored.rows[0]?.sealed.includes('CLAIM_STATUS_CHANGE')).toBe(false);
    expect(await rows()).toBe(6);
    await expect.poll(() => metricsOf(cutOff)).toMatch(/claimwire_ingress_spool_rows 6/);
    expect(await metricsOf(cutOff)).toMatch(/claimwire_ingress_publish_circuit_open 1/);

    const other = await harness.ingress(curacel);
    await expect.poll(() => harness.published(to.id).length, { timeout: 15_000 }).toBe(6);
    for (const { answer, bytes } of replies) {
      const found = [...harness.find(rawTopic('cair'), answer.id), ...harness.find(QUARANTINE_TOPIC, answer.id)];
      expect(found.map(({ value }) => value?.equals(bytes))).toEqual([true]);
    }
    await expect.poll(rows).toBe(0);
    await expect.poll(() => metricsOf(other)).toMatch(/claimwire_ingress_spool_rows 0/);
    expect(await metricsOf(other)).toMatch(/claimwire_ingress_drained_total 6/);
    expect((await harness.pool.query('select bytes::int from ingress_spool_usage')).rows).toEqual([{ bytes: 0 }]);
  });

  it('answers without waiting for Kafka once it is known not to acknowledge', async () => {
    const service = await harness.ingress(cair, undefined, { ...NO_KAFKA, PUBLISH_DEADLINE_MS: '3000' });
    const to = await harness.connect(cair, auth);
    await harness.send(service, cair, to, cairStatusChange());
    const before = performance.now();
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => harness.send(service, cair, to, cairStatusChange())),
    );
    expect(performance.now() - before).toBeLessThan(2_700);
    expect(new Set(replies.map(({ response }) => response.status))).toEqual(new Set([202]));
  });

  it('is never fuller than its bound, and never less full than it allows', async () => {
    await harness.pool.query('truncate ingress_spool');
    await harness.pool.query('update ingress_spool_usage set rows = 0, bytes = 0');
    const service = await harness.ingress(cair, undefined, { ...NO_KAFKA, SPOOL_MAX_ROWS: '7' });
    const to = await harness.connect(cair, auth);
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => harness.send(service, cair, to, cairStatusChange())),
    );
    const statuses = replies.map(({ response }) => response.status).sort();
    expect(statuses).toEqual([...Array<number>(7).fill(202), ...Array<number>(5).fill(503)]);
    expect(await rows()).toBe(7);
  });
});

describe('back-pressure', () => {
  it('answers 503 with Retry-After beyond the bytes in flight, and takes events again afterwards', async () => {
    const stored = Promise.withResolvers<void>();
    const service = await harness.ingress(cair, { accept: () => stored.promise }, { MAX_IN_FLIGHT_BYTES: '65536' });
    const to = await harness.connect(cair, auth);
    const held = Array.from({ length: 30 }, () => harness.send(service, cair, to, cairStatusChange()));
    const first = await Promise.race(held);
    expect(first.response.status).toBe(503);
    expect(first.response.headers.get('retry-after')).toBeTruthy();
    expect(first.answer.detail).toContain('overloaded');
    stored.resolve();
    const statuses = (await Promise.all(held)).map(({ response }) => response.status);
    expect(statuses).toContain(202);
    expect((await harness.send(service, cair, to, cairStatusChange())).response.status).toBe(202);
    expect(await metricsOf(service)).toMatch(/claimwire_ingress_bytes_in_flight 0/);
  });
});

describe('without PostgreSQL', () => {
  it('answers 503 for connections that are in memory for too long, and serves them again when they are confirmed', async () => {
    const service = await harness.ingress(cair, undefined, {
      CONNECTIONS_MAX_AGE_S: '3',
      CONFIGURATION_POLL_MS: '200',
    });
    const to = await harness.connect(cair, auth);
    const status = async (): Promise<number> =>
      (await harness.send(service, cair, to, cairStatusChange())).response.status;
    expect(await status()).toBe(202);
    await harness.pool.query('alter sequence configuration_version rename to configuration_version_away');
    await harness.pool.query('alter table connection_tokens rename to connection_tokens_away');
    try {
      expect(await status()).toBe(202);
      await expect.poll(status).toBe(503);
    } finally {
      await harness.pool.query('alter table connection_tokens_away rename to connection_tokens');
      await harness.pool.query('alter sequence configuration_version_away rename to configuration_version');
    }
    expect(await status()).toBe(202);
  });

  it('answers 401 for wrong credentials while memory is fresh, and 503 when it may be behind', async () => {
    const service = await harness.ingress(cair, undefined, { CONFIGURATION_POLL_MS: '2000' });
    const to = await harness.connect(cair, auth);
    const status = async (secret: string): Promise<number> =>
      (await harness.send(service, cair, { ...to, auth: { ...auth, secret } }, cairStatusChange())).response.status;
    expect(await status(SECRET)).toBe(202);
    await harness.pool.query('alter sequence configuration_version rename to configuration_version_away');
    await harness.pool.query('alter table connection_tokens rename to connection_tokens_away');
    try {
      expect(await status('wrong')).toBe(401);
      await expect.poll(() => status('wrong'), { interval: 200 }).toBe(503);
      expect(await status(SECRET)).toBe(202);
    } finally {
      await harness.pool.query('alter table connection_tokens_away rename to connection_tokens');
      await harness.pool.query('alter sequence configuration_version_away rename to configuration_version');
    }
    expect(await status('wrong')).toBe(401);
  });

  it('serves known tokens, answers 503 for unknown ones, and stays ready', async () => {
    const service = await harness.ingress(cair);
    const to = await harness.connect(cair, auth);
    expect((await harness.send(service, cair, to, cairStatusChange())).response.status).toBe(202);
    await harness.pool.query('alter table connection_tokens rename to connection_tokens_away');
    try {
      expect((await harness.send(service, cair, to, cairStatusChange())).response.status).toBe(202);
      const unknown = await harness.send(service, cair, to, cairStatusChange(), { token: 'never-seen' });
      expect(unknown.response.status).toBe(503);
      expect(unknown.response.headers.get('retry-after')).toBeTruthy();
      expect(await statusOf(service, '/readyz')).toBe(200);
    } finally {
      await harness.pool.query('alter table connection_tokens_away rename to connection_tokens');
    }
    const unknown = await harness.send(service, cair, to, cairStatusChange(), { token: 'never-seen' });
    expect(unknown.response.status).toBe(404);
  });

  it('is not ready until the connections were loaded once', async () => {
    const service = await harness.ingress(cair, undefined, { DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none' });
    expect(await statusOf(service, '/readyz')).toBe(503);
    expect(await statusOf(service, '/livez')).toBe(200);
    const to = { id: 'con_x', token: 'x', auth };
    expect((await harness.send(service, cair, to, cairStatusChange())).response.status).toBe(503);
  });
});

describe('tokens and secrets', () => {
  it('follows a rotation: both tokens during the overlap, only the new one after it', async () => {
    const service = await harness.ingress(cair);
    const to = await harness.connect(cair, auth);
    const soon = await harness.addToken(to.id, new Date(Date.now() + 4_000));
    const status = async (token: string): Promise<number> =>
      (await harness.send(service, cair, to, cairStatusChange(), { token })).response.status;
    expect([await status(to.token), await status(soon)]).toEqual([202, 202]);
    await expect.poll(() => status(soon)).toBe(404);
    expect(await status(to.token)).toBe(202);
  });

  it('forgets a deleted connection at once, by notification', async () => {
    const service = await harness.ingress(cair, undefined, { CONFIGURATION_POLL_MS: '600000' });
    const to = await harness.connect(cair, auth);
    const status = async (): Promise<number> =>
      (await harness.send(service, cair, to, cairStatusChange())).response.status;
    expect(await status()).toBe(202);
    await harness.pool.query('delete from connections where id = $1', [to.id]);
    await expect.poll(status).toBe(404);
  });

  it("does not take another provider's token", async () => {
    const service = await harness.ingress(curacel);
    const to = await harness.connect(cair, auth);
    expect((await harness.send(service, curacel, to, curacelVetted())).response.status).toBe(404);
  });

  it('answers 503, not 401, when the stored secrets cannot be opened', async () => {
    const service = await harness.ingress(cair);
    const to = await harness.connect(cair, auth);
    await harness.pool.query(`update connections set sealed = '\\x0100' where id = $1`, [to.id]);
    const status = async (): Promise<number> =>
      (await harness.send(service, cair, to, cairStatusChange())).response.status;
    await expect.poll(status).toBe(503);
  });
});

describe('refusals', () => {
  it('publishes nothing, counts each, and audits one row for the minute over all replicas', async () => {
    const replicas = [await harness.ingress(cair), await harness.ingress(cair)] as const;
    const to = await harness.connect(cair, auth);
    const wrong = { ...to, auth: { ...auth, secret: 'x' } };
    const rows = async (): Promise<{ minute: string; reason: string }[]> => {
      const sql = `select detail ->> 'minute' as minute, detail ->> 'reason' as reason from audit_log where target = $1`;
      return (await harness.pool.query<{ minute: string; reason: string }>(sql, [to.id])).rows;
    };
    for (const replica of replicas) {
      for (let count = 0; count < 3; count++) await harness.send(replica, cair, wrong, cairStatusChange());
      await expect.poll(async () => (await rows()).length).toBeGreaterThan(0);
    }
    const audited = await rows();
    expect(new Set(audited.map(({ minute }) => minute)).size).toBe(audited.length);
    expect(audited[0]?.reason).toBe('signature_mismatch');
    expect(await metricsOf(replicas[0])).toMatch(/refusals_total\{provider="cair",reason="signature_mismatch"\} 3/);
    const accepted = await harness.send(replicas[0], cair, to, cairStatusChange());
    await expect.poll(() => harness.published(to.id).length, { timeout: 15_000 }).toBe(1);
    expect(headerOf(harness.published(to.id)[0]!, 'ce_id')).toBe(accepted.answer.id);
  });
});

describe('unexpected accounts', () => {
  it('keeps the event in quarantine and answers 202', async () => {
    const service = await harness.ingress(cair);
    const to = await harness.connect(cair, auth, { expectedAccounts: ['org-other'] });
    const { response, answer, bytes } = await harness.send(service, cair, to, cairStatusChange());
    expect(response.status).toBe(202);
    await expect.poll(() => harness.find(QUARANTINE_TOPIC, answer.id), { timeout: 15_000 }).toHaveLength(1);
    const [message] = harness.find(QUARANTINE_TOPIC, answer.id);
    expect(message?.value?.equals(bytes)).toBe(true);
    expect(headerOf(message!, 'claimwire-reason')).toBe('unexpected_account');
    expect(harness.find(rawTopic('cair'), answer.id)).toEqual([]);
  });
});

describe('canary', () => {
  it('lets no secret, token, name or SSN into logs, metrics or answers', async () => {
    const keys = generateSshRsaKeyPair();
    const service = await harness.ingress(tpastream);
    const jwt = { type: 'jwt_rs256', publicKeys: [keys.sshPublicKey], privateKeyPem: keys.privateKeyPem };
    const to = await harness.connect(tpastream, jwt);
    const other = { ...jwt, privateKeyPem: generateSshRsaKeyPair().privateKeyPem };
    const answers = [
      await harness.send(service, tpastream, to, tpaClaim()),
      await harness.send(service, tpastream, to, { data: { ssn: '999999999', patient_name: 'Abram' } }),
      await harness.send(service, tpastream, { ...to, auth: other }, tpaClaim()),
      await harness.send(service, tpastream, to, tpaClaim(), { headers: { 'content-type': 'text/999999999' } }),
    ];
    expect(answers.map(({ response }) => response.status)).toEqual([202, 406, 401, 415]);
    const logs = harness.logLines.join('\n');
    // A duration may be a float that ends in many nines.
    const metrics = (await metricsOf(service)).replace(/\d+\.\d+/g, '0');
    const everything = [logs, metrics, JSON.stringify(answers.map(({ answer }) => answer))].join('\n');
    for (const canary of [
      '999999999',
      'Abram',
      'Appleseed',
      to.token,
      SECRET,
      keys.privateKeyPem.slice(60, 100),
      'eyJ',
    ]) {
      expect(everything).not.toContain(canary);
    }
    expect(logs).toContain(`"tenant":"${TENANT}"`);
    expect(logs).toContain('"outcome":"accepted"');
    expect(await metricsOf(service)).toMatch(
      /claimwire_ingress_refusals_total\{provider="tpastream",reason="signature_mismatch"\} 1/,
    );
  });
});
