import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Registry, Registry as Metrics } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { HostConfig } from '../host-config.js';
import { describeSettings } from '../describe-settings.js';
import { readConfig } from '../read-config.js';
import { BatchSpans, endSends, startSends } from './messaging-spans.js';
import { type StartedTracing, startTracing } from './start-tracing.js';
import { readTraceparent, writeTraceparent } from './traceparent.js';
import { readPairs, tracesEndpoint, type TracingConfig } from './tracing-config.js';
import { SpanKind, traceparentFrom } from './tracing.js';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
const OPTIONS = { kind: SpanKind.INTERNAL, attributes: {} };
/** Gives up at once. */
const QUICK = { OTEL_BSP_SCHEDULE_DELAY: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '50' };
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:1';

function configOf(env: Record<string, string>): TracingConfig {
  const read = readConfig(HostConfig, { MANAGEMENT_PORT: '0', ...env });
  if (!read.ok) throw new Error(read.problems.join());
  return read.config;
}

const started: StartedTracing[] = [];
async function start(env: Record<string, string>, registry: Registry = new Metrics()) {
  const one = await startTracing('test', configOf(env), registry, { info: () => undefined });
  started.push(one);
  return one.tracing;
}
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

const count = async (registry: Registry, outcome: string): Promise<number> => {
  const [metric] = await registry.getMetricsAsJSON();
  return Number(metric?.values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0);
};

describe('off', () => {
  it.each<Record<string, string>>([{}, { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY }])(
    'makes no span: %o',
    async (env) => {
      const tracing = await start(env);
      expect(tracing.isOn).toBe(false);
      expect([tracing.root('a', OPTIONS), tracing.child('b', SAMPLED, OPTIONS)]).toEqual([null, null]);
      const record = { topic: 't', headers: { traceparent: SAMPLED } };
      expect(startSends(tracing, [record], () => undefined)).toEqual([]);
      expect(record.headers.traceparent).toBe(SAMPLED);
    },
  );
});

describe('on', () => {
  it('goes on in the trace of a kept parent, and leaves others alone', async () => {
    const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY });
    const span = tracing.child('b', SAMPLED, OPTIONS);
    expect(span && traceparentFrom(span)).toMatch(new RegExp(`^00-${'a'.repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`));
    for (const parent of [UNSAMPLED, undefined, 'garbage', SAMPLED.replace('00-', '01-'), SAMPLED.replaceAll('b', '0')])
      expect(tracing.child('b', parent, OPTIONS)).toBe(null);
  });

  it.each(['parentbased_traceidratio', 'traceidratio'])(
    'makes no span of a trace that it does not keep: %s',
    async (sampler) => {
      const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' };
      const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY, ...env });
      expect(tracing.root('a', OPTIONS)).toBe(null);
    },
  );

  it('keeps a batch for the sake of one message, whatever the share', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const registry = new Metrics();
    const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY, ...QUICK, ...env }, registry);
    const message = (traceparent: string) => ({ traceparent, id: 'raw_1' });
    const batch = { topic: 't', partition: 0, consumer: 'c' };
    expect(BatchSpans.begin(tracing, { ...batch, messages: [null, message(UNSAMPLED)] })).toBe(null);
    const spans = BatchSpans.begin(tracing, { ...batch, messages: [message(UNSAMPLED), message(SAMPLED)] });
    expect([spans?.traceparentOf(0), spans?.traceparentOf(1)?.slice(0, 36)]).toEqual([undefined, SAMPLED.slice(0, 36)]);
    spans?.end();
    // The message's and the batch's.
    await expect.poll(() => count(registry, 'failed'), { timeout: 20_000 }).toBe(2);
  });

  it('gives a record the context of its sending', async () => {
    const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: NOBODY });
    const records = [SAMPLED, UNSAMPLED].map((traceparent) => ({ topic: 't', headers: { traceparent } }));
    const spans = startSends(tracing, records, () => undefined);
    expect(records.map(({ headers }) => headers.traceparent)).toEqual([traceparentFrom(spans[0]!), UNSAMPLED]);
    endSends(spans);
  });
});

describe('a collector that does not take spans', () => {
  it('costs spans, which are counted, and no time', async () => {
    const registry = new Metrics();
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const silent = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, ...QUICK };
    const tracing = await start({ ...silent, OTEL_BSP_MAX_QUEUE_SIZE: '10' }, registry);
    for (let span = 0; span < 25; span++) tracing.root('a', OPTIONS)?.end();
    // Ten are on their way, ten wait.
    expect(await count(registry, 'dropped')).toBe(5);
    await expect.poll(() => count(registry, 'failed'), { timeout: 20_000 }).toBe(20);
    server.closeAllConnections();
    server.close();
  });
});

describe('settings', () => {
  it('come last in --help, the collector headers never with a value', () => {
    const names: string[] = describeSettings('app', HostConfig).match(/^[A-Z_]+(?= )/gm) ?? [];
    expect(names.findIndex((name) => name.startsWith('OTEL_'))).toBeGreaterThan(names.indexOf('MANAGEMENT_PORT'));
  });

  it('name the address as OpenTelemetry does', () => {
    const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(tracesEndpoint(configOf(base))).toBe('http://collector:4318/v1/traces');
    const whole = { ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.org/otlp' };
    expect(tracesEndpoint(configOf(whole))).toBe('https://traces.example.org/otlp');
    expect(tracesEndpoint(configOf({}))).toBe(null);
  });

  it('refuse what is not spoken here', () => {
    const wrong = {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: '7',
    };
    const read = readConfig(HostConfig, { MANAGEMENT_PORT: '0', ...wrong, OTEL_EXPORTER_OTLP_HEADERS: 'the-key' });
    const problems = read.ok ? [] : read.problems;
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('the-key');
  });

  it('are lists of pairs, percent-encoded', () => {
    expect(readPairs('a=1, b = x%20y,c=100%,=d,e')).toEqual({ a: '1', b: 'x y', c: '100%' });
  });
});

it('reads what it writes', () => {
  for (const text of [SAMPLED, UNSAMPLED]) expect(writeTraceparent(readTraceparent(text)!)).toBe(text);
});
