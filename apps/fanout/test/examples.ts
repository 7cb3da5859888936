import type { EventFacts } from '@claimwire/contracts';
import type { Delivery } from '../src/lanes/delivery.js';
import type { Destination } from '../src/configuration/destination.js';
import { ShownRequest } from '../src/configuration/shown-request.js';
import type { Binding } from '../src/matching/binding-index.js';

/** A denial that a Stedi connection brought. */
export const exampleFacts = (more: Partial<EventFacts> = {}): EventFacts => ({
  id: 'evt_1',
  type: 'claim.status_changed',
  tenant: 'demo',
  claimKey: 'demo/stedi/1',
  version: 1,
  receivedAt: '2025-03-11T14:35:01.120Z',
  entity: null,
  provider: 'stedi',
  connection: 'con_1',
  status: 'denied',
  transaction: '277',
  partnership: 'p-1',
  environment: 'production',
  ...more,
});

/** Every event of the tenant, for one webhook. */
export const exampleBinding = (more: Partial<Binding> = {}): Binding => ({
  tenantId: 'demo',
  webhookId: 'whk_1',
  eventType: '*',
  filters: {},
  ...more,
});

/** An active webhook that signs nothing and tries five times without a pause. */
export const exampleDestination = (more: Partial<Destination> = {}): Destination => ({
  id: 'whk_1',
  tenant: 'demo',
  status: 'active',
  statusSince: '',
  method: 'POST',
  origin: 'https://pms.example',
  path: '/',
  concurrency: 1,
  timeoutMs: 1_000,
  rateLimit: null,
  disableAfterMs: null,
  activeSince: 0,
  logResponse: 'full',
  ordering: 'per_claim',
  retryPolicy: { type: 'fixed', retries: 4, delaySeconds: 0 },
  payload: 'full',
  signing: { type: 'none' },
  secrets: [],
  headers: [],
  oauth: null,
  shownRequest: new ShownRequest({ method: 'POST', url: 'https://pms.example/', headers: { 'user-agent': 'x' } }),
  secretValues: [],
  ...more,
});

export const exampleDelivery = (more: Partial<Delivery> = {}): Delivery => ({
  id: '4711',
  webhookId: 'whk_1',
  tenant: 'demo',
  eventId: 'evt_1',
  eventType: 'claim.updated',
  claimKey: 'demo/cair/1',
  version: 3,
  replayId: '',
  tries: 0,
  firstTriedAt: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  traceparent: undefined,
  message: Buffer.from('{}'),
  ...more,
});
