import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClaimEvent, ClaimState, Notice } from '@claimwire/contracts';
import {
  buildAcknowledgmentReport,
  buildRemittanceReport,
  cairStatusChange,
  curacelPileDone,
  curacelVetted,
  stediFileDelivered,
  StediReportServer,
  stediTransactionEvent,
  tpaClaim,
  tpaCrawl,
  type ProviderName,
  WebhookReceiver,
} from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { DeliveryReceiver } from './delivery-receiver.js';
import { metricsPage } from './metrics-page.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant } from './tenant.js';

const METRICS_PAGE = join(import.meta.dirname, '../../../docs/metrics.md');
let system: System;
let tenant: Tenant;
let reports: StediReportServer;
let receiver: DeliveryReceiver;
let rejectedOnly: DeliveryReceiver;
let connections: Record<ProviderName, Connection>;

beforeAll(async () => {
  system = await System.start();
  tenant = await Tenant.create(system, 'flow');
  reports = await StediReportServer.start({ apiKey: 'report-key' });
  receiver = await DeliveryReceiver.start();
  rejectedOnly = await DeliveryReceiver.start();
  const auths = sampleAuths();
  connections = {
    cair: await tenant.connect('cair', auths.cair),
    curacel: await tenant.connect('curacel', auths.curacel),
    tpastream: await tenant.connect('tpastream', auths.tpastream),
    stedi: await tenant.connect('stedi', auths.stedi, {
      reports: { baseUrl: reports.url, coreBaseUrl: reports.url, apiKey: 'report-key' },
    }),
  };
  receiver.trust((await tenant.subscribe(receiver.url)).secret);
  const bindings = [{ eventType: 'claim.status_changed', filters: { status: ['rejected', 'denied'] } }];
  rejectedOnly.trust((await tenant.subscribe(rejectedOnly.url, {}, bindings)).secret);
});

afterAll(async () => {
  await system.stop();
  await Promise.all([reports.stop(), receiver.stop(), rejectedOnly.stop()]);
});

const sendAll = async (provider: ProviderName, bodies: object[], route?: string): Promise<void> => {
  for (const body of bodies) expect((await send(provider, connections[provider], body, { route })).status).toBe(202);
};

const keyOf = (provider: string, id: string) => `flow/${provider}/${encodeURIComponent(id)}`;

/** The claim, once it has that many events. */
const claimAt = (claimKey: string, version: number): Promise<ClaimState> =>
  eventually(`${claimKey} at version ${version}`, async () => {
    const answer = await tenant.api.call<ClaimState>('GET', `/claims/${encodeURIComponent(claimKey)}`);
    return answer.status === 200 && answer.body.version === version ? answer.body : undefined;
  });

const delivered = (claimKey: string): ClaimEvent[] =>
  receiver.deliveries.map(({ event }) => event).filter((event) => event.claimKey === claimKey);

const deliveredAll = (claimKey: string, count: number): Promise<ClaimEvent[]> =>
  eventually(`${count} deliveries of ${claimKey}`, () => {
    const events = delivered(claimKey);
    return new Set(events.map(({ id }) => id)).size === count ? events : undefined;
  });

describe('CAIR', () => {
  const change = { claimFhirId: 'cair-1', claimLifecycleId: 'lifecycle-1' };
  const submitted = cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: '2025-03-11T14:30:00.000Z' });
  const rejected = cairStatusChange({
    ...change,
    newStatus: 'Rejected',
    timestamp: '2025-03-11T14:35:00.000Z',
    statusCode277: '12',
  });

  it('ends rejected when the rejection arrives first, and delivers both versions in order', async () => {
    await sendAll('cair', [rejected, submitted, submitted]);
    const key = keyOf('cair', 'cair-1');
    expect(await claimAt(key, 2)).toMatchObject({
      status: 'rejected',
      previousStatus: 'submitted',
      statusSince: expect.stringContaining('2025-03-11T14:35:00') as string,
      attempt: 1,
      aliases: [{ system: 'cair.claimLifecycleId', value: 'lifecycle-1' }],
    });
    const events = await deliveredAll(key, 2);
    expect(events).toMatchObject([
      { version: 1, type: 'claim.status_changed', status: 'rejected', late: false },
      { version: 2, type: 'claim.history_amended', status: 'rejected', late: true, cause: { status: 'submitted' } },
    ]);
  });

  it('shows the history in either order', async () => {
    const path = `/claims/${encodeURIComponent(keyOf('cair', 'cair-1'))}/events`;
    type Rows = { data: { status: string; version: number }[] };
    const occurred = await tenant.api.must<Rows>('GET', path);
    const received = await tenant.api.must<Rows>('GET', `${path}?order=received`);
    expect(occurred.data.map(({ status }) => status)).toEqual(['submitted', 'rejected']);
    expect(received.data.map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('Curacel', () => {
  it('folds both events of a partly approved claim', async () => {
    const sample = { id: 4711, billed: 20_000, approved: 15_000.5 };
    await sendAll('curacel', [curacelPileDone(sample), curacelVetted(sample)]);
    const claim = await claimAt(keyOf('curacel', '4711'), 2);
    expect(claim).toMatchObject({
      status: 'partially_approved',
      amounts: { currency: null, billed: '20000.00', approved: '15000.50' },
    });
    await deliveredAll(claim.claimKey, 2);
  });
});

describe('TPA Stream', () => {
  it('orders by status time with microseconds and keeps persons out', async () => {
    const later = tpaClaim({ id: 55, status: 'Rejected', lastUpdatedStatus: '2020-02-11T13:56:45.249768+00:00' });
    const earlier = tpaClaim({ id: 55, status: 'In Process', lastUpdatedStatus: '2020-02-11T13:56:45.249767+00:00' });
    await sendAll('tpastream', [later, earlier], 'claims');
    expect(await claimAt(keyOf('tpastream', '55'), 2)).toMatchObject({ status: 'denied', previousStatus: 'pending' });
    const events = await deliveredAll(keyOf('tpastream', '55'), 2);
    expect(JSON.stringify(events)).not.toMatch(/Appleseed|999999999|johnny|Abram/);
  });

  it('turns a finished first crawl into a notice', async () => {
    await sendAll('tpastream', [tpaCrawl({ policyHolderId: 777, claimIds: [55] })], 'first-crawl-completions');
    await eventually('the notice', () =>
      receiver.deliveries.find(({ event }) => {
        const notice = event as unknown as Notice;
        return notice.type === 'crawl.completed' && notice.entity === '777';
      }),
    );
  });
});

describe('Stedi', () => {
  it('fetches the reports that the webhooks name, and folds every claim of them', async () => {
    const acknowledged = { transactionId: 'tx-277', processedAt: '2025-05-06T10:00:00.000Z' };
    const remitted = { transactionId: 'tx-835', processedAt: '2025-05-20T10:00:00.000Z', transactionSet: 835 };
    reports.put('tx-277', {
      kind: '277',
      transaction: acknowledged,
      report: buildAcknowledgmentReport([
        { claims: [{ patientControlNumber: 'PCN-A', statuses: [['A2', '20']] }] },
        { claims: [{ patientControlNumber: 'PCN-B', statuses: [['A7', '21']] }] },
      ]),
    });
    reports.put('tx-835', {
      kind: '835',
      transaction: remitted,
      report: buildRemittanceReport([
        {
          trace: 'EFT-1',
          claims: [{ patientControlNumber: 'pcn-a', claimStatusCode: '1', charge: '109.20', paid: '109.20' }],
        },
      ]),
    });
    reports.fail({ status: 503, path: '/835' });
    await sendAll('stedi', [
      stediTransactionEvent(remitted),
      stediTransactionEvent({ ...acknowledged, flat: true, wrapped: false }),
      stediTransactionEvent(acknowledged),
    ]);
    expect(await claimAt(keyOf('stedi', 'PCN-A'), 2)).toMatchObject({
      status: 'paid',
      previousStatus: 'accepted',
      amounts: { currency: 'USD', billed: '109.20', paid: '109.20' },
      payment: { trace: 'EFT-1' },
    });
    expect(await claimAt(keyOf('stedi', 'PCN-B'), 1)).toMatchObject({ status: 'rejected' });
    await deliveredAll(keyOf('stedi', 'PCN-A'), 2);
  });

  it('turns a delivered file into a notice', async () => {
    await sendAll('stedi', [stediFileDelivered({ fileExecutionId: 'file-1' })]);
    await eventually('the notice', () =>
      receiver.deliveries.find(({ event }) => (event as unknown as Notice).type === 'file.delivered'),
    );
  });
});

it('signs every delivery so that the public library verifies it', () => {
  expect(receiver.deliveries.length).toBeGreaterThan(8);
  expect(receiver.deliveries.every(({ verified }) => verified)).toBe(true);
});

it('delivers to a filtered webhook only what its binding names', async () => {
  await eventually('the rejections', () => (rejectedOnly.deliveries.length >= 3 ? true : undefined));
  expect(new Set(rejectedOnly.deliveries.map(({ event }) => event.status))).toEqual(new Set(['rejected', 'denied']));
  expect(
    rejectedOnly.deliveries.every(({ event, verified }) => verified && event.type === 'claim.status_changed'),
  ).toBe(true);
});

it('holds what a receiver refuses with 401, says so, and sends it in order when the credentials are the new ones', async () => {
  const pms = await WebhookReceiver.start();
  try {
    pms.answer(({ headers }) => (headers['x-pms-key'] === 'the-new-key' ? undefined : { status: 401 }));
    const connection = connections.cair.id;
    const { id, credentialSetId } = await tenant.subscribe(pms.url, {}, [{ eventType: '*', filters: { connection } }]);
    const statusOf = async () => (await tenant.api.must<{ status: string }>('GET', `/webhooks/${id}`)).status;
    const change = { claimFhirId: 'cair-held', claimLifecycleId: 'lifecycle-held' };
    await sendAll('cair', [
      cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: '2025-03-12T10:00:00.000Z' }),
    ]);
    await eventually('it is deauthorized', async () => (await statusOf()) === 'deauthorized' || undefined);
    await sendAll('cair', [
      cairStatusChange({ ...change, newStatus: 'Rejected', timestamp: '2025-03-12T11:00:00.000Z' }),
    ]);
    await claimAt(keyOf('cair', 'cair-held'), 2);
    const headers = [{ name: 'x-pms-key', value: 'the-new-key' }];
    await tenant.api.must('PATCH', `/credential-sets/${credentialSetId}`, { type: 'api_keys', headers });

    const taken = await eventually('both deliveries', () => {
      const accepted = pms.requests.filter((request) => request.headers['x-pms-key'] === 'the-new-key');
      return accepted.length === 2 ? accepted.map(({ body }) => (JSON.parse(body) as ClaimEvent).version) : undefined;
    });
    expect(taken).toEqual([1, 2]);
    expect(await statusOf()).toBe('active');
    const notices = () =>
      receiver.deliveries.flatMap(({ event }) => ((event as unknown as Notice).entity === id ? [event.type] : []));
    await eventually('its notices', () => (notices().length >= 2 ? true : undefined));
    expect(notices()).toEqual(['webhook.deauthorized', 'webhook.recovered']);
  } finally {
    await pms.stop();
  }
});

it('leaves no person, secret or token in any log or metric', async () => {
  const secrets = Object.values(sampleAuths()).flatMap((auth) => [auth.secret].filter(Boolean) as string[]);
  const tokens = Object.values(connections).flatMap(({ urls }) =>
    Object.values(urls).map((url) => /\/webhooks\/[^/]+\/([^/]+)/.exec(url)![1]!),
  );
  const canaries = [
    'Appleseed',
    '999999999',
    'johnny@example.com',
    'Abram',
    'Lagoon',
    'report-key',
    ...secrets,
    ...tokens,
  ];
  for (const app of Object.values(system.apps)) {
    const metrics = await (await fetch(`${app.managementUrl}/metrics`)).text();
    const leaked = canaries.filter((canary) => occursIn(app.log(), canary) || occursIn(metrics, canary));
    expect(leaked, app.name).toEqual([]);
  }
});

/** A number counts only on its own: the digits of a measured time may hold any other number. */
const occursIn = (text: string, canary: string): boolean =>
  /^\d+$/.test(canary) ? new RegExp(`(?<!\\d)${canary}(?!\\d)`).test(text) : text.includes(canary);

it('shows the metrics that docs/metrics.md explains', async () => {
  const texts = new Map<string, string>();
  for (const app of Object.values(system.apps)) {
    texts.set(app.name, await (await fetch(`${app.managementUrl}/metrics`)).text());
  }
  const page = await metricsPage(texts);
  if (process.env.UPDATE_METRICS) await writeFile(METRICS_PAGE, page);
  expect(await readFile(METRICS_PAGE, 'utf8')).toBe(page);
});
