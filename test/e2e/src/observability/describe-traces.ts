import { randomBytes } from 'node:crypto';
import {
  buildAcknowledgmentReport,
  cairStatusChange,
  curacelVetted,
  type ProviderName,
  StediReportServer,
  stediTransactionEvent,
  tpaClaim,
  WebhookReceiver,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.js';
import type { CollectedSpan, OtlpCollector } from './otlp-collector.js';
import { canary } from './canaries.js';
import type { CanaryStage } from './stage.js';
import { type Connection, sampleAuths, send, Tenant } from '../tenant.js';

const BODIES: Record<ProviderName, () => object> = {
  cair: () => cairStatusChange(),
  curacel: () => curacelVetted({ id: 4711 }),
  tpastream: () => tpaClaim({ id: 55, status: 'Rejected' }),
  stedi: () => stediTransactionEvent({ transactionId: 'tx-277', processedAt: '2025-05-06T10:00:00.000Z' }),
};

const INGEST = (provider: string, route: string) => `
ingress-${provider} SERVER POST /webhooks/${provider}/{token}${route}
  ingress-${provider} PRODUCER send claims.raw.${provider}.v1`;

/** From the raw message, which stands so deep, to the answers of the receiver: it fails once. */
const FROM_RAW = (topic: string, indent: string) =>
  `
normalizer CONSUMER process ${topic}
  normalizer INTERNAL normalise
  normalizer INTERNAL store
  normalizer PRODUCER send claims.events.v1
    fanout CONSUMER process claims.events.v1
      fanout CLIENT POST 204
      fanout CLIENT POST 503
  normalizer PRODUCER send claims.state.v1`.replaceAll('\n', `\n${indent}`);

const STEDI = `
    normalizer CONSUMER process claims.raw.stedi.v1
      normalizer INTERNAL normalise
      normalizer INTERNAL store
    stedi-reports CONSUMER process claims.raw.stedi.v1
      stedi-reports INTERNAL fetch report
        stedi-reports CLIENT GET 200
        stedi-reports PRODUCER send claims.raw.stedi-reports.v1`;

/** Every span of one webhook's way, as a tree. */
const EXPECTED: Record<ProviderName, string> = {
  cair: INGEST('cair', '') + FROM_RAW('claims.raw.cair.v1', '    '),
  curacel: INGEST('curacel', '') + FROM_RAW('claims.raw.curacel.v1', '    '),
  tpastream: INGEST('tpastream', '/claims') + FROM_RAW('claims.raw.tpastream.v1', '    '),
  stedi: INGEST('stedi', '') + STEDI + FROM_RAW('claims.raw.stedi-reports.v1', '          '),
};

let stage: CanaryStage;
let collector: OtlpCollector;
let reports: StediReportServer;
let receiver: WebhookReceiver;
let tenant: Tenant;
const connections = {} as Record<ProviderName, Connection>;

const title = ({ service, kind, name, attributes }: CollectedSpan): string => {
  const status = kind === 'CLIENT' ? ` ${attributes['http.response.status_code']}` : '';
  return `${service} ${kind} ${name}${status}`;
};

/** The spans under one, by title, two spaces deeper each. */
function tree(spans: readonly CollectedSpan[], parentSpanId = '', indent = '\n'): string {
  const children = spans.filter((span) => span.parentSpanId === parentSpanId);
  const lines = children.map((span) => indent + title(span) + tree(spans, span.spanId, `${indent}  `));
  return lines.toSorted().join('');
}

export function describeTraces(of: () => CanaryStage): void {
  beforeAll(async () => {
    stage = of();
    collector = stage.collector;
    tenant = await Tenant.create(stage.system, 'traces');
    reports = await StediReportServer.start({ apiKey: 'report-key' });
    const claims = [{ patientControlNumber: 'PCN-A', statuses: [['A2', '20']] as [string, string][] }];
    const transaction = { transactionId: 'tx-277', processedAt: '2025-05-06T10:00:00.000Z' };
    reports.put('tx-277', { kind: '277', transaction, report: buildAcknowledgmentReport([{ claims }]) });
    receiver = await WebhookReceiver.start();
    receiver.answer((_request, number) => (number === 1 ? { status: 503 } : undefined));
    const settings = { reports: { baseUrl: reports.url, coreBaseUrl: reports.url, apiKey: 'report-key' } };
    for (const [provider, auth] of Object.entries(sampleAuths()) as [ProviderName, Connection['auth']][]) {
      connections[provider] = await tenant.connect(provider, auth, provider === 'stedi' ? settings : {});
    }
    const retryPolicy = { type: 'fixed', retries: 3, delaySeconds: 1 };
    await tenant.subscribe(`${receiver.url}/in/path-of-the-receiver?key=query-of-the-receiver`, { retryPolicy });
  });

  afterAll(async () => {
    await Promise.all([reports.stop(), receiver.stop()]);
  });

  describe('one webhook, one trace', () => {
    it.each(Object.keys(BODIES) as ProviderName[])(
      '%s: from the request to the answers of the receiver',
      async (provider) => {
        const stranger = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
        const headers = { traceparent: `00-${stranger.traceId}-${stranger.spanId}-01` };
        const before = collector.spans.length;
        const answer = await send(provider, connections[provider], BODIES[provider](), { headers });
        expect(answer.status).toBe(202);
        const root = await eventually('the request', () =>
          collector.spans.slice(before).find(({ kind }) => kind === 'SERVER'),
        );
        const spans = () => collector.trace(root.traceId);
        await expect.poll(() => tree(spans()), { timeout: 40_000 }).toBe(EXPECTED[provider]);

        expect(root.attributes).toMatchObject({
          'http.request.method': 'POST',
          'http.route': `/webhooks/${provider}/{token}${provider === 'tpastream' ? '/claims' : ''}`,
          'http.response.status_code': 202,
          'claimwire.outcome': 'accepted',
        });
        // A stranger's trace is linked to, never continued.
        expect(root.traceId).not.toBe(stranger.traceId);
        expect(root.links).toEqual([stranger]);
        expect(collector.trace(stranger.traceId)).toEqual([]);
        // The receiver gets the context of the very attempt.
        const attempts = spans().filter(({ kind, service }) => kind === 'CLIENT' && service === 'fanout');
        const last = attempts.find(({ attributes }) => attributes['http.response.status_code'] === 204);
        expect(receiver.requests.at(-1)?.headers.traceparent).toBe(`00-${root.traceId}-${last?.spanId}-01`);
        expect(last?.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.request.resend_count': 1 });
        expect(attempts.map(({ failed }) => failed).toSorted()).toEqual([false, true]);
      },
    );
  });

  it('a delivery that is stored when its fan-out is killed is sent after the restart in the trace of its webhook', async () => {
    const { fanout } = stage.system.apps;
    await fanout.stop();
    await fanout.start({ CLAIMWIRE_TEST_FAULT: 'fanout.after-insert' });
    await fanout.ready();
    const before = collector.spans.length;
    expect((await send('cair', connections.cair, cairStatusChange({ claimFhirId: 'restarted' }))).status).toBe(202);
    expect(await fanout.ended()).toBe('SIGKILL');
    await fanout.start();
    await fanout.ready();
    const { traceId } = await eventually('the request', () =>
      collector.spans.slice(before).find(({ kind }) => kind === 'SERVER'),
    );
    const ofFanout = () => collector.trace(traceId).filter(({ service }) => service === 'fanout');
    // The span of the matching died with the process that did it: these are of what was stored.
    const tries = ['fanout CLIENT POST 204', 'fanout CLIENT POST 503'];
    await expect.poll(() => ofFanout().map(title).toSorted(), { timeout: 40_000 }).toEqual(tries);
    const received = receiver.requests.slice(-tries.length).map(({ headers }) => headers.traceparent);
    expect(received.toSorted()).toEqual(
      ofFanout()
        .map(({ spanId }) => `00-${traceId}-${spanId}-01`)
        .toSorted(),
    );
  }, 90_000);

  it('has a span for each batch, linked with the messages in it', () => {
    const messages = new Set(collector.spans.filter(({ kind }) => kind === 'PRODUCER').map(({ spanId }) => spanId));
    const batches = collector.spans.filter(({ name }) => name.startsWith('process_batch '));
    expect(new Set(batches.map(({ service }) => service))).toEqual(new Set(['normalizer', 'stedi-reports', 'fanout']));
    for (const batch of batches) {
      expect(batch.attributes['messaging.batch.message_count']).toBeGreaterThan(0);
      expect(batch.links.length).toBeGreaterThan(0);
      expect(batch.links.every(({ spanId }) => messages.has(spanId))).toBe(true);
    }
  });

  it('tells the collector who sends, and nothing of claims, addresses or secrets', async () => {
    expect(collector.headers.every((headers) => headers['x-key'] === canary('collector-key'))).toBe(true);
    const sent = Buffer.concat(collector.bodies).toString('latin1');
    const token = /\/webhooks\/cair\/([^/]+)/.exec(connections.cair.urls.webhook ?? '')?.[1] ?? 'no token';
    const secret = [
      'path-of-the-receiver',
      'query-of-the-receiver',
      'report-key',
      'PCN-A',
      'tx-277',
      'Appleseed',
      token,
    ];
    expect(secret.filter((text) => sent.includes(text))).toEqual([]);
  });

  it('counts what it exported', async () => {
    const metrics = await (await fetch(`${stage.system.apps.fanout.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/claimwire_tracing_spans_total\{outcome="exported"\} [1-9]/);
  });
}
