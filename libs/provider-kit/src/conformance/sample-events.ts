import { createHash } from 'node:crypto';
import { rawEventId } from '@claimwire/contracts';
import type { ConnectionConfig, Provider, RawEvent, Reception } from '../provider.js';
import type { BodySample } from './fixtures.js';

/** Receipt of every sample: after all the samples' own times. */
export const NOW = new Date('2026-10-01T12:00:00.000Z');
const TENANT = 'demo';

export function connectionOf(provider: Provider, auth: ConnectionConfig['auth']): ConnectionConfig {
  return { id: 'con_1', tenant: TENANT, provider: provider.name, auth, settings: {} };
}

export function routeOf(provider: Provider, name: string) {
  const route = provider.routes.find((candidate) => candidate.name === name);
  if (!route) throw new Error(`${provider.name} has no route "${name}"`);
  return route;
}

export function sourceOf(provider: Provider, name: string) {
  const source = provider.sources.find((candidate) => candidate.source === name);
  if (!source) throw new Error(`${provider.name} has no source "${name}"`);
  return source;
}

const headersOf = (provider: Provider, reception: Reception | null, eventType: string) => ({
  id: rawEventId(TENANT, provider.name, (reception?.kind === 'accepted' && reception.identity) || 'sample'),
  source: `/connections/con_1`,
  type: reception?.kind === 'accepted' ? reception.eventType : eventType,
  time: NOW.toISOString(),
  tenant: TENANT,
  connection: 'con_1',
  contentType: 'application/json',
});

/** The raw event that the ingress would publish of a body. */
export function rawEventOf(provider: Provider, sample: BodySample, body: Buffer): RawEvent {
  const reception = sample.route === undefined ? null : routeOf(provider, sample.route).receive(body);
  const eventType = sample.eventType ?? `${provider.name}.sample`;
  return {
    headers: headersOf(provider, reception, eventType),
    body,
    raw: {
      topic: `claims.raw.${sample.source}.v1`,
      partition: 0,
      offset: '7',
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    settings: {},
  };
}

/** The sample with `change` applied to its parsed body. */
export function changed(sample: BodySample, change: (body: unknown) => void): Buffer {
  const parsed: unknown = JSON.parse(sample.body.toString());
  change(parsed);
  return Buffer.from(JSON.stringify(parsed));
}
