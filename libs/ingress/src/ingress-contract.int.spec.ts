import { randomBytes } from 'node:crypto';
import { QUARANTINE_TOPIC, rawTopic } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import type { Provider } from '@claimwire/provider-kit';
import { cair } from '@claimwire/provider-cair';
import { curacel } from '@claimwire/provider-curacel';
import { stedi } from '@claimwire/provider-stedi';
import { tpastream } from '@claimwire/provider-tpastream';
import type { RunningService } from '@claimwire/service-host';
import {
  cairStatusChange,
  curacelVetted,
  generateSshRsaKeyPair,
  type SenderAuth,
  stediFileDelivered,
  stediThinEvent,
  stediTransactionEvent,
  tpaClaim,
  tpaCrawl,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerOf, IngressHarness, MAX_BODY_BYTES } from '../test/ingress-harness.js';

let harness: IngressHarness;
beforeAll(async () => {
  harness = await IngressHarness.start();
});
afterAll(() => harness.stop());

/** The one message of a topic with this id, once it is there. */
async function onTopic(topic: string, id: string | undefined): Promise<BatchMessage> {
  await expect.poll(() => harness.find(topic, id), { timeout: 15_000 }).toHaveLength(1);
  return harness.find(topic, id)[0]!;
}

const rsa = generateSshRsaKeyPair();
const webhookSecret = `whsec_${randomBytes(24).toString('base64')}`;
const jwt = { type: 'jwt_rs256', publicKeys: [rsa.sshPublicKey], privateKeyPem: rsa.privateKeyPem };

/** Providers whose ids are numbers: a body of its own for each request. */
let last = 0;
const unique = (): number => ++last;

interface Case {
  name: string;
  provider: Provider;
  auth: SenderAuth;
  body: () => object;
  route?: string;
  type: string;
  /** Same schemes with a credential that is not the connection's; null where there is none to get wrong. */
  wrong: SenderAuth | null;
}

const cairHmac = {
  type: 'hmac_sha256',
  header: 'X-Signature',
  secret: 'cair-secret-canary',
  encoding: 'base64',
  prefix: 'sha256=',
};
const curacelHmac = { type: 'hmac_sha256', secret: 'curacel-canary', mode: 'required' };
const standard = { type: 'standard_webhooks', secrets: [webhookSecret] };
const apiKeys = {
  type: 'api_keys',
  headers: [
    { name: 'X-A', value: 'stedi-canary-a' },
    { name: 'X-B', value: 'stedi-canary-b' },
  ],
};
const basicAuth = { type: 'basic', username: 'stedi', password: 'stedi-canary-p' };
const apiSecret = { type: 'api_secret', header: 'X-API-KEY', secret: 'cair-canary-key' };

const CASES: Case[] = [
  {
    name: 'cair hmac',
    provider: cair,
    auth: cairHmac,
    body: cairStatusChange,
    type: 'cair.CLAIM_STATUS_CHANGE',
    wrong: { ...cairHmac, secret: 'x' },
  },
  {
    name: 'cair secret',
    provider: cair,
    auth: apiSecret,
    body: cairStatusChange,
    type: 'cair.CLAIM_STATUS_CHANGE',
    wrong: { ...apiSecret, secret: 'x' },
  },
  {
    name: 'curacel hmac',
    provider: curacel,
    auth: curacelHmac,
    body: () => curacelVetted({ id: unique() }),
    type: 'curacel.claim.vetted',
    wrong: { ...curacelHmac, secret: 'x' },
  },
  {
    name: 'curacel optional',
    provider: curacel,
    auth: { ...curacelHmac, mode: 'optional' },
    body: () => curacelVetted({ id: unique() }),
    type: 'curacel.claim.vetted',
    wrong: { ...curacelHmac, secret: 'x' },
  },
  {
    name: 'curacel none',
    provider: curacel,
    auth: { type: 'none' },
    body: () => curacelVetted({ id: unique() }),
    type: 'curacel.claim.vetted',
    wrong: null,
  },
  {
    name: 'tpa claim',
    provider: tpastream,
    auth: jwt,
    body: () => tpaClaim({ id: unique() }),
    type: 'tpastream.claim',
    wrong: { ...jwt, privateKeyPem: generateSshRsaKeyPair().privateKeyPem },
  },
  {
    name: 'tpa crawl',
    provider: tpastream,
    auth: jwt,
    body: tpaCrawl,
    route: 'first-crawl-completions',
    type: 'tpastream.first_crawl_completion',
    wrong: { ...jwt, privateKeyPem: generateSshRsaKeyPair().privateKeyPem },
  },
  {
    name: 'stedi keys',
    provider: stedi,
    auth: apiKeys,
    body: stediTransactionEvent,
    type: 'stedi.transaction.processed.v2',
    wrong: { ...apiKeys, headers: [apiKeys.headers[0], { name: 'X-B', value: 'x' }] },
  },
  {
    name: 'stedi basic',
    provider: stedi,
    auth: basicAuth,
    body: stediFileDelivered,
    type: 'stedi.file.delivered.v2',
    wrong: { ...basicAuth, password: 'x' },
  },
  {
    name: 'stedi none',
    provider: stedi,
    auth: { type: 'none' },
    body: stediTransactionEvent,
    type: 'stedi.transaction.processed.v2',
    wrong: null,
  },
  {
    name: 'stedi thin',
    provider: stedi,
    auth: standard,
    body: stediThinEvent,
    type: 'stedi.transaction.processed',
    wrong: { ...standard, secrets: [`whsec_${randomBytes(24).toString('base64')}`] },
  },
];

describe.each([cair, curacel, tpastream, stedi])('ingress of $name', (provider) => {
  const cases = CASES.filter((one) => one.provider === provider);
  const [first] = cases as [Case];
  let service: RunningService;

  beforeAll(async () => {
    service = await harness.ingress(provider);
  });

  it.each(cases)('$name: 202 with an id, and the very bytes on the raw topic', async ({ auth, body, route, type }) => {
    const to = await harness.connect(provider, auth);
    const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    const { response, answer, bytes } = await harness.send(service, provider, to, body(), {
      route,
      headers: { traceparent },
    });
    expect(response.status).toBe(202);
    expect(Object.keys(answer)).toEqual(['id']);
    const message = await onTopic(rawTopic(provider.name), answer.id);
    expect(message.value?.equals(bytes)).toBe(true);
    expect(message.key?.toString()).toMatch(/^acme\/.+/);
    expect(Object.fromEntries(Object.keys(message.headers).map((name) => [name, headerOf(message, name)]))).toEqual({
      ce_specversion: '1.0',
      ce_id: answer.id,
      ce_source: `/ingress/${provider.name}`,
      ce_type: type,
      ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      'content-type': 'application/json',
      'claimwire-tenant': 'acme',
      'claimwire-connection': to.id,
      traceparent,
    });
  });

  it.each(cases.filter(({ wrong }) => wrong !== null))(
    '$name: 401 for a wrong credential',
    async ({ auth, body, wrong, route }) => {
      const to = await harness.connect(provider, auth);
      const { response, answer } = await harness.send(service, provider, { ...to, auth: wrong ?? auth }, body(), {
        route,
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(response.headers.get('www-authenticate')).toBeTruthy();
      expect(answer).toMatchObject({ title: 'Unauthorized', status: 401 });
      const audit = () => harness.pool.query('select detail from audit_log where target = $1', [to.id]);
      await expect.poll(async () => (await audit()).rowCount).toBe(1);
      await harness.send(service, provider, { ...to, auth: wrong ?? auth }, body(), { route });
      expect((await audit()).rows).toHaveLength(1);
    },
  );

  it('404 for a token that no connection has, whatever else is wrong', async () => {
    const to = await harness.connect(provider, first.auth);
    for (const token of ['unknown', 'x'.repeat(300), `${to.token}x`]) {
      const { response, answer } = await harness.send(service, provider, to, Buffer.alloc(MAX_BODY_BYTES + 1), {
        token,
      });
      expect(response.status).toBe(404);
      expect(answer).toMatchObject({ status: 404, title: 'Not Found' });
    }
  });

  it('413 for a body over the limit, before its credentials are looked at', async () => {
    const to = await harness.connect(provider, first.auth);
    const { response } = await harness.send(service, provider, to, Buffer.alloc(MAX_BODY_BYTES + 1), {
      headers: { 'content-type': 'x' },
    });
    expect(response.status).toBe(413);
    const exact = await harness.send(service, provider, to, Buffer.alloc(MAX_BODY_BYTES, ' '));
    expect(exact.response.status).toBe(provider.malformedStatus);
  });

  it('415 for what is not JSON by its Content-Type, after the credentials', async () => {
    const to = await harness.connect(provider, first.auth);
    const others: Record<string, string>[] = [
      { 'content-type': 'text/xml' },
      { 'content-type': 'not a type' },
      { 'content-encoding': 'gzip' },
    ];
    for (const headers of others) {
      expect((await harness.send(service, provider, to, first.body(), { headers })).response.status).toBe(415);
      if (first.wrong === null) continue;
      const wrong = { ...to, auth: first.wrong };
      // Whether a signature over a body that cannot be read is wrong, nobody can say.
      const expected = headers['content-encoding'] && first.auth.type !== 'api_keys' ? 415 : 401;
      expect((await harness.send(service, provider, wrong, first.body(), { headers })).response.status).toBe(expected);
    }
    const json = { 'content-type': 'application/vnd.x+json; charset=utf-8' };
    expect((await harness.send(service, provider, to, first.body(), { headers: json })).response.status).toBe(202);
  });

  it.each([
    ['not JSON', Buffer.from('{"a":')],
    ['not an object', Buffer.from('[]')],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['empty', Buffer.alloc(0)],
    ['without an id', Buffer.from('{"data":{},"detail":{}}')],
  ])('quarantines a genuine body that is %s', async (_, body) => {
    const to = await harness.connect(provider, first.auth);
    const { response, answer } = await harness.send(service, provider, to, body);
    expect(response.status).toBe(provider.malformedStatus);
    const id = answer.id ?? /raw_[0-9a-f]+/.exec(answer.detail ?? '')?.[0];
    const message = await onTopic(QUARANTINE_TOPIC, id);
    expect(message.value?.equals(body)).toBe(true);
    expect(headerOf(message, 'claimwire-stage')).toBe('ingress');
    expect(headerOf(message, 'claimwire-reason')).toMatch(/^[a-z_]+$/);
    expect(harness.find(rawTopic(provider.name), id)).toEqual([]);
  });

  it('405 for another method, 404 for another path, as problem+json without the path', async () => {
    const to = await harness.connect(provider, first.auth);
    const url = `${service.url}/webhooks/${provider.name}/${to.token}`;
    const got = await fetch(`${url}${provider.routes[0]?.suffix}`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    for (const path of [`${url}/nothing/here`, `${service.url}/`, `${service.url}/livez`, `${service.url}/%zz`]) {
      const response = await fetch(path, { method: 'POST', body: '{}' });
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain(to.token);
    }
  });
});
