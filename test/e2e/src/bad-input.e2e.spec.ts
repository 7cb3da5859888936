import { createHash } from 'node:crypto';
import {
  cairStatusChange,
  curacelVetted,
  type ProviderName,
  signRs256Jwt,
  stediTransactionEvent,
  tpaClaim,
} from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, type SendOptions, Tenant } from './tenant.js';

const BODIES: Record<ProviderName, () => object> = {
  cair: () => cairStatusChange(),
  curacel: () => curacelVetted({ id: Math.ceil(Math.random() * 1e9) }),
  tpastream: () => tpaClaim({ id: Math.ceil(Math.random() * 1e9) }),
  stedi: () => stediTransactionEvent(),
};
const PROVIDERS = Object.keys(BODIES) as ProviderName[];
const INGRESS = ['api', 'normalizer', ...PROVIDERS.map((name) => `ingress-${name}` as const)] as const;

/** The header that carries each provider's credentials in `sampleAuths`. */
const CREDENTIAL_HEADERS: Record<ProviderName, string> = {
  cair: 'x-signature',
  curacel: 'x-curacel-signature',
  tpastream: 'tpastream-signature',
  stedi: 'x-stedi-key',
};

let system: System;
let tenant: Tenant;
let connections: Record<ProviderName, Connection>;
const readers: TopicReader[] = [];

const raw = (provider: ProviderName) => readers[PROVIDERS.indexOf(provider)]!;
const sendTo = (provider: ProviderName, body: object | string | Buffer, options?: SendOptions) =>
  send(provider, connections[provider], body, options);

beforeAll(async () => {
  system = await System.start(INGRESS);
  tenant = await Tenant.create(system, 'bad-input');
  const auths = sampleAuths();
  const made: [ProviderName, Connection][] = [];
  for (const provider of PROVIDERS) made.push([provider, await tenant.connect(provider, auths[provider])]);
  connections = Object.fromEntries(made) as Record<ProviderName, Connection>;
  readers.push(...PROVIDERS.map((provider) => new TopicReader(system.topicPrefix, `claims.raw.${provider}.v1`)));
});

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.stop()));
  await system.stop();
});

/** Whatever was sent: the service is ready, and the next genuine webhook is taken. */
afterEach(async () => {
  for (const provider of PROVIDERS) {
    expect((await sendTo(provider, BODIES[provider]())).status, `${provider} afterwards`).toBe(202);
    await system.apps[`ingress-${provider}`].ready(2_000);
  }
});

async function expectNothingPublished(provider: ProviderName, act: () => Promise<void>): Promise<void> {
  const marker = BODIES[provider]();
  const before = await publishedUntil(provider, marker);
  await act();
  const after = await publishedUntil(provider, BODIES[provider]());
  expect(after - before).toBe(1);
}

/** Sends a genuine webhook and says how many messages the topic holds once it is there. */
async function publishedUntil(provider: ProviderName, body: object): Promise<number> {
  const { body: answer } = await sendTo(provider, body);
  return eventually('the marker on the raw topic', () => {
    const index = raw(provider).messages.findIndex(({ headers }) => headers.ce_id?.toString() === answer.id);
    return index < 0 ? undefined : raw(provider).messages.length;
  });
}

describe.each(PROVIDERS)('%s', (provider) => {
  const header = CREDENTIAL_HEADERS[provider];

  it('takes a genuine webhook, byte for byte, with CloudEvents headers', async () => {
    const body = Buffer.from(`${JSON.stringify(BODIES[provider]()).slice(0, -1)} ,\n "padding" : "\\u00e9\\/" }`);
    const { status, body: answer } = await sendTo(provider, body);
    expect(status).toBe(202);
    const message = await eventually('the raw event', () =>
      raw(provider).messages.find(({ headers }) => headers.ce_id?.toString() === answer.id),
    );
    expect(message.value!.equals(body)).toBe(true);
    expect(
      Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)])),
    ).toMatchObject({
      ce_specversion: '1.0',
      ce_id: answer.id,
      ce_source: expect.any(String) as string,
      ce_type: expect.stringMatching(new RegExp(`^${provider}\\.`)) as string,
      ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      'content-type': expect.stringContaining('application/json') as string,
      'claimwire-tenant': tenant.id,
      'claimwire-connection': connections[provider].id,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/) as string,
    });
  });

  it('refuses an unsigned webhook with 401 and publishes nothing', () =>
    expectNothingPublished(provider, async () => {
      const answer = await sendTo(provider, BODIES[provider](), { headers: { [header]: undefined } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }));

  it('refuses a wrong credential with 401 and publishes nothing', () =>
    expectNothingPublished(provider, async () => {
      const answer = await sendTo(provider, BODIES[provider](), { headers: { [header]: 'f'.repeat(64) } });
      expect(answer.status).toBe(401);
    }));

  it('answers 404 to an unknown token, whatever else is right', async () => {
    const connection = connections[provider];
    const unknown = createHash('sha256').update(connection.id).digest('hex').slice(0, 32);
    const urls = Object.entries(connection.urls).map(([name, url]) => [
      name,
      url.replace(/(\/webhooks\/[^/]+\/)[^/]+/, `$1${unknown}`),
    ]);
    const answer = await send(
      provider,
      { ...connection, urls: Object.fromEntries(urls) as Record<string, string> },
      BODIES[provider](),
    );
    expect(answer.status).toBe(404);
  });

  it('refuses an oversized body with 413, signed or not', async () => {
    const padded = { ...BODIES[provider](), padding: 'x'.repeat(1024 * 1024) };
    expect((await sendTo(provider, padded)).status).toBe(413);
    expect((await sendTo(provider, padded, { headers: { [header]: undefined } })).status).toBe(413);
  });

  it('refuses another content type with 415', async () => {
    const answer = await sendTo(provider, BODIES[provider](), { headers: { 'content-type': 'text/plain' } });
    expect(answer.status).toBe(415);
  });

  it.each([
    ['what is not JSON', 'not json at all'],
    ['a JSON list', '[1,2]'],
    ['no entity id', '{"hello":"world"}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ])('keeps %s in quarantine, genuine as it is', async (_name, body) => {
    const answer = await sendTo(provider, body);
    expect(answer.status).toBe(provider === 'tpastream' ? 406 : 202);
    await eventually('the quarantine item', async () => {
      const path = `/quarantine?limit=200`;
      const { data } = await tenant.api.must<{ data: { stage: string; connectionId?: string; connection?: string }[] }>(
        'GET',
        path,
      );
      const mine = data.filter(
        (item) => JSON.stringify(item).includes(connections[provider].id) && item.stage === 'ingress',
      );
      return mine.length > 0 ? mine : undefined;
    });
  });
});

it('refuses a body that was altered after signing', async () => {
  const tamperedBody = Buffer.from(JSON.stringify({ ...cairStatusChange(), newStatus: 'Rejected' }));
  expect((await sendTo('cair', cairStatusChange(), { tamperedBody })).status).toBe(401);
});

describe('TPA Stream tokens', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const withToken = (token: string) =>
    sendTo('tpastream', BODIES.tpastream(), { headers: { 'tpastream-signature': token } });
  const key = () => connections.tpastream.auth.privateKeyPem as string;

  it('refuses an expired one', async () => {
    expect((await withToken(signRs256Jwt(key(), { exp: now() - 3600 }))).status).toBe(401);
  });

  it('refuses one without an expiry', async () => {
    expect((await withToken(signRs256Jwt(key(), { iat: now() }))).status).toBe(401);
  });

  it('refuses one without a signature', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect((await withToken(`${part({ alg: 'none' })}.${part({ exp: now() + 60 })}.`)).status).toBe(401);
  });
});

it('takes an unknown status, and keeps the claim as unknown', async () => {
  const change = cairStatusChange({ newStatus: 'Teleported' });
  expect((await sendTo('cair', change)).status).toBe(202);
  const claimKey = encodeURIComponent(`${tenant.id}/cair/${change.claimFhirId}`);
  const claim = await eventually('the claim', async () => {
    const answer = await tenant.api.call<{ status: string }>('GET', `/claims/${claimKey}`);
    return answer.status === 200 ? answer.body : undefined;
  });
  expect(claim.status).toBe('unknown');
});
