import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKafka, KafkaPublisher } from '@claimwire/kafka';
import { buildAcknowledgmentReport, cairStatusChange, type ProviderName, testKafkaBrokers } from '@claimwire/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.js';
import { send, type SendOptions } from '../tenant.js';
import { canary, leaksIn, SSN } from './canaries.js';
import { BODIES, type CanaryStage, PROVIDERS } from './stage.js';

const CLI = join(import.meta.dirname, '../../../../tools/cli/dist/main.js');
const run = promisify(execFile);

let stage: CanaryStage;
/** What was answered to whom: bodies and headers. */
const answers: string[] = [];

async function fetched(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  answers.push(`${JSON.stringify([...response.headers])} ${await response.text()}`);
  return response.status;
}

async function sent(
  provider: ProviderName,
  body: object | string | Buffer,
  options: SendOptions = {},
): Promise<number> {
  const answer = await send(provider, stage.connections[provider], body, options);
  answers.push(`${JSON.stringify([...answer.headers])} ${JSON.stringify(answer.body)}`);
  return answer.status;
}

const urlOf = (provider: ProviderName) => Object.values(stage.connections[provider].urls)[0] as string;
const api = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
  fetched(`${stage.system.apiUrl}/v1${path}`, {
    method,
    headers: { ...stage.tenant.api.authorization, ...headers },
    body,
  });
const apiJson = (method: string, path: string, body: object) =>
  api(method, path, JSON.stringify(body), { 'content-type': 'application/json' });

const claimIsThere = (key: string) =>
  eventually(key, async () => {
    const answer = await stage.tenant.api.call('GET', `/claims/${encodeURIComponent(`canary/${key}`)}`);
    return answer.status === 200 || undefined;
  });

export function describeCanaries(of: () => CanaryStage): void {
  beforeAll(() => {
    stage = of();
  });

  describe('what comes in', () => {
    it('genuine, full of persons, of every provider', async () => {
      for (const provider of PROVIDERS) {
        const headers = { tracestate: `x=${canary('tracestate')}`, baggage: `a=${canary('baggage')}` };
        expect(await sent(provider, BODIES[provider]('4711'), { headers })).toBe(202);
      }
    });

    it('a report, after two answers that repeat the key, and one that is no JSON', async () => {
      const claims = [{ patientControlNumber: canary('pcn'), statuses: [[canary('cat'), '20']] as [string, string][] }];
      stage.reports.put('tx-4711', { kind: '277', transaction: {}, report: buildAcknowledgmentReport([{ claims }]) });
      for (const how of [500, 200] as const) {
        const provider = stage.connections.stedi;
        const reports = { baseUrl: stage.echo.url(how, canary('report-path')), apiKey: canary('report-key') };
        await stage.tenant.api.must('PATCH', `/connections/${provider.id}`, { settings: { reports } });
        expect(await sent('stedi', BODIES.stedi(`echo-${how}`))).toBe(202);
        await eventually('the report is asked for', () => stage.echo.seen.get(String(how)));
      }
    });

    it('forged, malformed, oversized, of a wrong type, to wrong addresses', async () => {
      const token = canary('token');
      for (const provider of PROVIDERS) {
        const credential = { 'x-signature': token, 'x-curacel-signature': token, 'tpastream-signature': token };
        const forged = { ...credential, 'x-stedi-key': token, authorization: `Bearer ${token}`, cookie: token };
        expect(await sent(provider, BODIES[provider]('1'), { headers: forged })).toBe(401);
        const kept = provider === 'tpastream' ? 406 : 202;
        expect(await sent(provider, `{"ssn":"${SSN}", "${canary('broken')}": `)).toBe(kept);
        expect(await sent(provider, Buffer.from(`{"${canary('utf8')}":"\xff\xfe"}`, 'latin1'))).toBe(kept);
        expect(await sent(provider, `{"event":"${canary('event')}","ssn":"${SSN}"}`)).toBe(kept);
        expect(await sent(provider, { ...BODIES[provider]('2'), pad: canary('pad').repeat(100_000) })).toBe(413);
        const type = { 'content-type': `text/${canary('type')}` };
        expect(await sent(provider, BODIES[provider]('3'), { headers: type })).toBe(415);
      }
      const [base] = urlOf('cair').split('/webhooks/');
      for (const path of [
        `cair/${token}`,
        `cair/${token}%zz`,
        `${token}/${token}`,
        `cair/${token}/${token}?${token}=${SSN}`,
      ])
        expect(await fetched(`${base}/webhooks/${path}`, { method: 'POST', body: SSN })).toBe(404);
      expect(await fetched(`${urlOf('cair')}?ssn=${SSN}`, { method: 'PUT', body: SSN })).toBe(405);
      const encoded = { headers: { 'content-encoding': 'gzip' } };
      expect(await sent('cair', BODIES.cair('4'), encoded)).toBeGreaterThanOrEqual(400);
    });

    it('what a database cannot store, and what names an event or an account', async () => {
      const nul = cairStatusChange({ claimFhirId: `${SSN}\u0000${canary('nul')}`, organizationId: canary('org') });
      expect(await sent('cair', nul)).toBe(202);
      const lone = cairStatusChange({ claimFhirId: `\ud800${canary('surrogate')}`, timestamp: '9999-12-31T00:00:00Z' });
      expect(await sent('cair', lone)).toBe(202);
      expect(await sent('curacel', { ...BODIES.curacel('5'), event: SSN })).toBeLessThan(500);
    });

    it('while the broker is away: into the spool, and out of it', async () => {
      const app = stage.system.apps['ingress-curacel'];
      await app.kill();
      await app.start({ KAFKA_BROKERS: '127.0.0.1:1' });
      await app.ready();
      expect(await sent('curacel', BODIES.curacel('6'))).toBe(202);
      await claimIsThere('curacel/6');
    });

    it('messages that no ingress wrote, and an item that comes back to quarantine', async () => {
      const kafka = createKafka({
        brokers: testKafkaBrokers(),
        clientId: 'canary',
        topicPrefix: stage.system.topicPrefix,
      });
      const publisher = new KafkaPublisher(kafka, { deadlineMs: 20_000 });
      const strange = { key: canary('key'), value: `${SSN} ${canary('value')}`, headers: {} };
      await publisher.publishAll([{ topic: 'claims.raw.cair.v1', ...strange }]);
      await publisher.stop();
      await kafka.close();
      type Items = { data: { id: string; stage: string; status: string }[] };
      const open = await eventually('the quarantine', async () => {
        const { data } = await stage.tenant.api.must<Items>('GET', '/quarantine?limit=100');
        return data.length >= 12 ? data : undefined;
      });
      for (const { id } of open.slice(0, 3)) await stage.tenant.api.call('POST', `/quarantine/${id}/retry`);
      for (const { id } of open.slice(0, 3)) await api('GET', `/quarantine/${id}`);
      await eventually('they come back', () => stage.quarantine.messages.length > open.length || undefined);
    });
  });

  describe('what goes out', () => {
    it('to receivers and token endpoints that repeat everything, or speak no HTTP, or are not there', async () => {
      const retryPolicy = { type: 'fixed', retries: 1, delaySeconds: 1 };
      const secret = canary('receiver-key');
      const headers = { 'x-own': canary('own-header') };
      const subscribe = (url: string, more: object = {}) =>
        stage.tenant.subscribe(url, { retryPolicy, headers, ...more });
      const path = `${canary('path')}?key=${canary('query')}`;
      const hooks = [];
      for (const how of [500, 302, 401, 406, 'garbage'] as const)
        hooks.push(await subscribe(stage.echo.url(how, path)));
      hooks.push(await subscribe(`http://127.0.0.1:1/${path}`), await subscribe(`http://nowhere.invalid/${path}`));
      const oauth = { type: 'oauth2_client_credentials', clientId: canary('client'), clientSecret: secret };
      for (const how of [500, 400, 200] as const) {
        const set = { name: 'o', ...oauth, tokenUrl: stage.echo.url(how, `token-${path}`), scope: canary('scope') };
        const { id } = await stage.tenant.api.must<{ id: string }>('POST', '/credential-sets', set);
        const hook = await subscribe(stage.echo.url(500, path));
        await stage.tenant.api.must('PATCH', `/webhooks/${hook.id}`, { credentialSetId: id });
        hooks.push(hook);
      }
      expect(await sent('curacel', BODIES.curacel('7'))).toBe(202);
      await claimIsThere('curacel/7');
      await eventually(
        'all of them were tried',
        () => [500, 302, 401, 406, 'garbage', 400].every((how) => stage.echo.seen.has(String(how))) || undefined,
      );
      for (const { id } of hooks) await api('POST', `/webhooks/${id}/test`);
      const replay = { since: '2020-01-01T00:00:00Z' };
      await apiJson('POST', `/webhooks/${hooks[0]?.id}/replays`, replay);
      await eventually('tries with bodies', () => Number(stage.echo.seen.get('500')) > 10 || undefined);
      // It did hear all of it, so that there was something to leak.
      for (const said of [canary('path'), canary('own-header'), 'grant_type=client_credentials'])
        expect(stage.echo.heard).toContain(said);
    });
  });

  describe('what is asked of the API', () => {
    it('wrong bodies, keys, addresses and filters', async () => {
      const [secret, wrong] = [canary('posted-secret'), canary('wrong')];
      // Of the names of fields, only such as may be misspelt are said again.
      const strange = `${wrong}-${SSN}`;
      expect(await api('POST', '/connections', `{"secret":"${secret}",`, { 'content-type': 'application/json' })).toBe(
        400,
      );
      const unquoted = `{"name": ${secret}}`;
      expect(await api('POST', '/connections', unquoted, { 'content-type': 'application/json' })).toBe(400);
      const auth = { type: 'hmac_sha256', header: 'x', secret: [secret], encoding: secret, [`${secret}=`]: secret };
      expect(await apiJson('POST', '/connections', { provider: secret, name: [secret], auth, [strange]: secret })).toBe(
        422,
      );
      expect(await apiJson('POST', '/connections', { provider: 'cair', name: 'n', auth: { ...auth, secret } })).toBe(
        422,
      );
      expect(await apiJson('POST', '/tenants', { id: `${wrong}\u0000`, name: `${SSN}\u0000` })).toBeGreaterThanOrEqual(
        400,
      );
      const hook = {
        name: `${wrong}\u0000`,
        method: secret,
        url: `https://user:${secret}@h.test/${secret}`,
        concurrency: secret,
      };
      expect(await apiJson('POST', '/webhooks', hook)).toBe(422);
      expect(
        await apiJson('POST', '/credential-sets', { name: `${wrong}\u0000`, type: 'none', secret }),
      ).toBeGreaterThanOrEqual(400);
      expect(
        await apiJson('POST', '/credential-sets', { name: `${wrong}\u0000`, type: 'none' }),
      ).toBeGreaterThanOrEqual(400);
      const searches = [`q=${SSN}%00`, `cursor=${secret}`, `status=${wrong}`, `limit=${wrong}`, `${strange}=${SSN}`];
      for (const query of searches) await api('GET', `/claims?${query}`);
      for (const path of [
        `/claims/${SSN}%00`,
        `/claims/${wrong}`,
        `/${wrong}`,
        `/webhooks/${wrong}/logs`,
        `/claims/${wrong}%zz`,
      ])
        expect(await api('GET', path)).toBeGreaterThanOrEqual(400);
      for (const authorization of [`Bearer ${secret}`, `Basic ${secret}`, `Bearer e30.${secret}.${secret}`])
        expect(await api('GET', '/claims', undefined, { authorization })).toBe(401);
      await api('POST', '/webhooks', '{}', { 'content-type': 'application/json', 'idempotency-key': wrong.repeat(50) });
      await api('GET', '/claims', undefined, { 'claimwire-tenant': wrong });
    });

    it('to forget a claim', async () => {
      const options = { env: { PATH: process.env.PATH, ...stage.env, MANAGEMENT_PORT: '0' } };
      const said = await run(
        process.execPath,
        [CLI, 'erase', '--tenant', 'canary', '--claim', 'canary/curacel/7'],
        options,
      );
      expect(leaksIn(said.stdout + said.stderr)).toEqual([]);
    });
  });

  describe('no canary', () => {
    it('is in an answer', () => {
      expect(answers.length).toBeGreaterThan(60);
      expect(answers.flatMap((answer) => leaksIn(answer, stage.tokens()))).toEqual([]);
    });

    it('is in a header of quarantine', () => {
      const headers = stage.quarantine.messages.map(({ headers: of }) =>
        Object.entries(of).map(([name, value]) => `${name}=${String(value)}`),
      );
      expect(headers.length).toBeGreaterThan(12);
      expect(leaksIn(JSON.stringify(headers), stage.tokens())).toEqual([]);
    });

    it.each(['logs', 'metrics'])('is in the %s of any app', async (where) => {
      for (const app of Object.values(stage.system.apps)) {
        const text = where === 'logs' ? app.log() : await (await fetch(`${app.managementUrl}/metrics`)).text();
        expect(text.length, app.name).toBeGreaterThan(500);
        expect(leaksIn(text, stage.tokens()), app.name).toEqual([]);
      }
    });

    it('is in a span', () => {
      expect(new Set(stage.collector.spans.map(({ service }) => service)).size).toBeGreaterThanOrEqual(7);
      expect(leaksIn(Buffer.concat(stage.collector.bodies).toString('latin1'), stage.tokens())).toEqual([]);
    });

    it('is in what an app says that meets a message it must not guess at', async () => {
      const kafka = createKafka({
        brokers: testKafkaBrokers(),
        clientId: 'canary',
        topicPrefix: stage.system.topicPrefix,
      });
      const publisher = new KafkaPublisher(kafka, { deadlineMs: 20_000 });
      const before = stage.system.apps.fanout.log().length;
      const strange = { key: canary('key'), value: `{"${canary('poison')} ${SSN}`, headers: { ce_id: canary('id') } };
      await publisher.publishAll([{ topic: 'claims.events.v1', ...strange }]);
      await publisher.stop();
      await kafka.close();
      expect(await stage.system.apps.fanout.ended()).toBe(1);
      const said = stage.system.apps.fanout.log().slice(before);
      expect(said).toContain('unknown error');
      expect(leaksIn(said)).toEqual([]);
    });
  });
}
