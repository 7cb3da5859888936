import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { cair } from '@claimwire/provider-cair';
import { curacel } from '@claimwire/provider-curacel';
import type { ConnectionConfig, IngressRoute, Provider } from '@claimwire/provider-kit';
import { anyBody, CANARY, mutatedBody } from '@claimwire/provider-kit/conformance';
import { stedi } from '@claimwire/provider-stedi';
import { tpastream } from '@claimwire/provider-tpastream';
import { createLogger, readConfig } from '@claimwire/service-host';
import {
  cairStatusChange,
  curacelPileDone,
  curacelVetted,
  generateSshRsaKeyPair,
  type ProviderName,
  type SenderAuth,
  signedRequest,
  stediFileDelivered,
  stediThinEvent,
  stediTransactionEvent,
  tpaClaim,
  tpaCrawl,
  webhookBytes,
} from '@claimwire/testkit';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Answer } from './answer.js';
import type { ConnectionStore } from './connection-store.js';
import { IngressConfig } from './ingress-config.js';
import { IngressMetrics } from './metrics.js';
import type { RawEventRecord } from './raw-event-sink.js';
import type { RefusalAudit } from './refusal-audit.js';
import { WebhookReceiver } from './webhook-receiver.js';

const keys = generateSshRsaKeyPair();
const secret = randomBytes(16).toString('hex');
const jwt = { type: 'jwt_rs256', publicKeys: [keys.sshPublicKey], privateKeyPem: keys.privateKeyPem };
const apiKeys = { type: 'api_keys', headers: [{ name: 'x-key', value: secret }] };

interface Sender {
  provider: Provider;
  auth: SenderAuth;
  samples: { name: string; route?: string; body: object }[];
}

const SENDERS: Sender[] = [
  {
    provider: cair,
    auth: { type: 'hmac_sha256', header: 'x-signature', secret, encoding: 'hex' },
    samples: [{ name: 'a status change', body: cairStatusChange() }],
  },
  {
    provider: curacel,
    auth: { type: 'hmac_sha256', secret, mode: 'required' },
    samples: [
      { name: 'claim.vetted', body: curacelVetted() },
      { name: 'claim.pile.vetting_done', body: curacelPileDone() },
    ],
  },
  {
    provider: tpastream,
    auth: jwt,
    samples: [
      { name: 'a claim', route: 'claims', body: tpaClaim() },
      { name: 'a crawl', route: 'first-crawl-completions', body: tpaCrawl() },
    ],
  },
  {
    provider: stedi,
    auth: apiKeys,
    samples: [
      { name: 'a transaction', body: stediTransactionEvent() },
      { name: 'a thin event', body: stediThinEvent() },
      { name: 'a file', body: stediFileDelivered() },
    ],
  },
];

/** The receiver of a provider with all that it stores, logs and audits in memory. */
class Stage {
  readonly logged: string[] = [];
  readonly stored: RawEventRecord[] = [];
  readonly audited: string[] = [];
  readonly receiver: WebhookReceiver;

  constructor(
    provider: Provider,
    private readonly auth: SenderAuth,
  ) {
    const connection: ConnectionConfig = { id: 'con_1', tenant: 'acme', provider: provider.name, auth, settings: {} };
    const entry = { hash: '', connection: 'con_1', notAfter: null, config: connection };
    const connections = { find: () => entry, findNewer: () => Promise.resolve(null) };
    const audit = { record: (_: ConnectionConfig, reason: string) => void this.audited.push(reason) };
    const sink = { accept: (record: RawEventRecord) => Promise.resolve(void this.stored.push(record)) };
    const settings = {
      KAFKA_BROKERS: 'x:1',
      DATABASE_URL: 'postgres://x',
      CLAIMWIRE_KEYRING: `k:${randomBytes(32).toString('base64')}`,
      FAILED_AUTH_PER_MINUTE: '1000000000',
      INGRESS_ACCEPT_GZIP: 'true',
    };
    const config = readConfig(IngressConfig, settings, { PORT: 0, MANAGEMENT_PORT: 0 });
    if (!config.ok) throw new Error(config.problems.join());
    const destination = { write: (line: string) => void this.logged.push(line) };
    this.receiver = new WebhookReceiver(
      provider,
      connections as unknown as ConnectionStore,
      sink,
      audit as unknown as RefusalAudit,
      new IngressMetrics(new Registry()),
      config.config,
      createLogger({ name: 'fuzz', level: 'trace', destination }),
    );
  }

  /** @param headers instead of the genuine ones */
  async post(route: IngressRoute, body: Buffer, headers: Record<string, string | string[]>): Promise<Answer> {
    const more = { headers, rawHeaders: [], socket: { remoteAddress: '::1' } };
    const request = Object.assign(Readable.from(body.length > 0 ? [body] : []), more);
    return this.receiver.receive(route, 'token', request as unknown as IncomingMessage);
  }

  genuineHeaders(provider: Provider, body: Buffer, route: string | undefined): Record<string, string> {
    return signedRequest(provider.name as ProviderName, this.auth, body, { route }).headers;
  }

  /** What leaves the process besides the event itself; forgets it. */
  takeTraces(answer: Answer): string {
    return JSON.stringify([answer, this.logged.splice(0), this.audited.splice(0)]);
  }
}

const odd = fc.oneof(
  fc.constantFrom(CANARY, 'gzip', 'identity', `application/json; x=${CANARY}`, 'x'.repeat(20_000)),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const oddHeaders = fc.record(
  { 'content-type': odd, 'content-encoding': odd, traceparent: odd, 'x-signature': odd, [CANARY]: odd },
  { requiredKeys: [] },
);

describe.each(SENDERS)('receiving from $provider.name', ({ provider, auth, samples }) => {
  const stage = new Stage(provider, auth);
  const routeOf = (name: string | undefined): IngressRoute =>
    provider.routes.find((route) => route.name === name) ?? provider.routes[0]!;
  const statuses = new Set([202, provider.malformedStatus]);

  it.each(samples)('stores every body like $name as it came, and says nothing of what is in it', async (sample) => {
    const route = routeOf(sample.route);
    const bytes = webhookBytes(provider.name as ProviderName, sample.body);
    // One token for all: it does not cover the body.
    const token = auth.type === 'jwt_rs256' ? stage.genuineHeaders(provider, bytes, sample.route) : null;
    const check = async (body: Buffer): Promise<void> => {
      const answer = await stage.post(route, body, token ?? stage.genuineHeaders(provider, body, sample.route));
      expect(statuses).toContain(answer.status);
      expect(stage.stored.splice(0).map(({ value }) => value.equals(body))).toEqual([true]);
      expect(stage.takeTraces(answer)).not.toContain(CANARY);
    };
    await fc.assert(fc.asyncProperty(fc.oneof(mutatedBody({ body: bytes }), anyBody), check));
  });

  it('answers any headers, and says nothing of what is in them', async () => {
    const [sample] = samples as [(typeof samples)[0]];
    const body = webhookBytes(provider.name as ProviderName, sample.body);
    const genuine = stage.genuineHeaders(provider, body, sample.route);
    const check = async (headers: Record<string, string>): Promise<void> => {
      const answer = await stage.post(routeOf(sample.route), body, { ...genuine, ...headers });
      expect([202, 400, 401, 415]).toContain(answer.status);
      expect(stage.stored.splice(0).length).toBe(answer.status === 202 ? 1 : 0);
      expect(stage.takeTraces(answer)).not.toContain(CANARY);
    };
    await fc.assert(fc.asyncProperty(oddHeaders, check));
  });
});

describe('a bug in the code of a provider', () => {
  it('is logged without what was sent, and the event is kept', async () => {
    const careless: Provider = {
      ...cair,
      routes: [{ name: 'webhook', suffix: '', receive: (body) => JSON.parse(body.toString()) as never }],
    };
    const stage = new Stage(careless, apiSecret);
    const body = Buffer.from(CANARY);
    const answer = await stage.post(careless.routes[0]!, body, stage.genuineHeaders(careless, body, undefined));
    expect(answer).toMatchObject({ status: 202, outcome: 'quarantined', reason: 'unreadable' });
    expect(stage.stored).toHaveLength(1);
    expect(stage.logged.join()).toContain('SyntaxError');
    expect(stage.takeTraces(answer)).not.toContain(CANARY);
  });

  it('in its verification is our fault, not the credentials’', async () => {
    const careless: Provider = {
      ...cair,
      verify: ({ body }) => JSON.parse(body.toString()) as never,
    };
    const stage = new Stage(careless, apiSecret);
    const answer = await stage.post(careless.routes[0]!, Buffer.from(CANARY), {});
    expect(answer.status).toBe(503);
    expect(stage.takeTraces(answer)).not.toContain(CANARY);
  });
});

const apiSecret = { type: 'api_secret', header: 'x-key', secret };
