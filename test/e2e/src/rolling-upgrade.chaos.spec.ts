import { join } from 'node:path';
import type { ClaimEvent } from '@claimwire/contracts';
import { type ProviderName, StediReportServer, WebhookReceiver } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Build, buildAt } from './rolling/build.js';
import { checkDeliveries, type DeliveryFlaws } from './rolling/check-deliveries.js';
import { type Departure, REPLICAS } from './rolling/deployment.js';
import { Fleet } from './rolling/fleet.js';
import { eventsOf, SteadyLoad } from './rolling/steady-load.js';
import { APPS, type AppName } from './system.js';
import { sampleAuths, Tenant } from './tenant.js';

const THIS_BUILD = join(import.meta.dirname, '../../..');
/** `npm run test:upgrade` sets it to the checkout of an earlier version, built. */
const EARLIER_BUILD = process.env.TEST_UPGRADE_FROM;

const PROVIDERS: readonly ProviderName[] = ['cair', 'curacel', 'tpastream', 'stedi'];
const SENDERS_EACH = 2;
const CLAIMS_EACH = 4;
const PAUSE_MS = 150;
const CONCURRENCY = 4;
/** A receiver that a busy machine keeps waiting must not look like one that failed: that would be a delivery again. */
const TIMEOUT_MS = 25_000;
const PATIENCE = { timeout: 120_000, interval: 250 };

let newest: Build;
let earlier: Build;
let fleet: Fleet;
let tenant: Tenant;
let reports: StediReportServer;
let receiver: WebhookReceiver;
const loads: SteadyLoad[] = [];

beforeAll(async () => {
  newest = await buildAt(THIS_BUILD);
  earlier = EARLIER_BUILD ? await buildAt(EARLIER_BUILD) : newest;
  fleet = await Fleet.start(earlier, newest);
  tenant = await Tenant.create(fleet, 'rolling');
  reports = await StediReportServer.start({ apiKey: 'report-key', samples: true });
  receiver = await WebhookReceiver.start();
  await tenant.subscribe(`${receiver.url}/claims`, { concurrency: CONCURRENCY, timeoutMs: TIMEOUT_MS });
  const auths = sampleAuths();
  const ofReports = { baseUrl: reports.url, coreBaseUrl: reports.url, apiKey: 'report-key' };
  for (const provider of PROVIDERS) {
    const settings = provider === 'stedi' ? { reports: ofReports } : {};
    const connection = await tenant.connect(provider, auths[provider], settings);
    for (let sender = 0; sender < SENDERS_EACH; sender += 1) {
      const claims = Array.from({ length: CLAIMS_EACH }, (_, index) => sender * CLAIMS_EACH + index);
      const events = eventsOf(tenant.id)[provider];
      loads.push(new SteadyLoad({ provider, connection, events, claims, pauseMs: PAUSE_MS, insists: !earlier.drains }));
    }
  }
}, 400_000);

afterAll(async () => {
  await Promise.all(loads.map((load) => load.stop()));
  await fleet?.stop();
  await Promise.all([reports?.stop(), receiver?.stop()]);
});

const accepted = () => new Map(loads.flatMap((load) => [...load.accepted]));
const failures = () => loads.flatMap((load) => load.failures);
const flaws = (): DeliveryFlaws => checkDeliveries(accepted(), receiver.events<ClaimEvent>('/claims'));
const arrived = () => receiver.requests.length;

/** Ingresses together, as they do not know of each other; the rest one after the other, against the stream and with it. */
const ORDER: readonly (readonly AppName[])[] = [
  APPS.filter((app) => app.startsWith('ingress-')),
  ['normalizer'],
  ['stedi-reports'],
  ['fanout'],
  ['api'],
];

async function rollAll(build: Build): Promise<Departure[]> {
  const departures: Departure[] = [];
  for (const apps of ORDER) {
    const before = arrived();
    const rolled = await Promise.all(apps.map((app) => fleet.deployment(app).roll(build)));
    departures.push(...rolled.flat());
    expect(fleet.deaths()).toEqual([]);
    // Work goes on before the next app is rolled: each has its own share of the load.
    await expect.poll(arrived, PATIENCE).toBeGreaterThan(before + 20);
  }
  return departures;
}

async function rollUnderLoad(build: Build): Promise<void> {
  const repeatedBefore = flaws().repeated;
  const farewells = loads.reduce((sum, load) => sum + load.farewells, 0);
  await expect.poll(arrived, PATIENCE).toBeGreaterThan(50);
  const departures = await rollAll(build);
  expect(departures).toHaveLength(APPS.length * REPLICAS);
  expect(departures.filter(({ exit }) => exit !== 0)).toEqual([]);
  expect(failures()).toEqual([]);
  expect([...fleet.balancers].filter(([, { refused }]) => refused > 0).map(([app]) => app)).toEqual([]);
  // Each sender kept its connection until its replica said good-bye.
  if (earlier.drains) expect(loads.reduce((sum, load) => sum + load.farewells, 0) - farewells).toBeGreaterThan(0);
  // Only what was in flight when a fan-out left may come again.
  expect(flaws().repeated - repeatedBefore).toBeLessThanOrEqual(REPLICAS * CONCURRENCY);
  expect(flaws().outOfOrder).toEqual([]);
}

describe(`two replicas of every app${EARLIER_BUILD ? ', of an earlier version' : ''}`, () => {
  it('are rolled one after the other under load: every webhook is accepted, every replica ends in time', async () => {
    await rollUnderLoad(newest);
  }, 900_000);

  it.runIf(EARLIER_BUILD)(
    'and rolled back in the same way',
    async () => {
      await rollUnderLoad(earlier);
    },
    900_000,
  );

  it('have then lost nothing, and what waits falls back to nothing', async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await expect.poll(() => [fleet.deaths(), flaws().lost].flat(), PATIENCE).toEqual([]);
    const names = ['kafka_consumergroup_lag{', 'claimwire_fanout_backlog{'];
    await expect.poll(() => fleet.waiting(names), PATIENCE).toEqual([]);
    expect(accepted().size).toBe(PROVIDERS.length * SENDERS_EACH * CLAIMS_EACH);
    expect({ failures: failures(), ...flaws() }).toMatchObject({ failures: [], lost: [], outOfOrder: [] });
  }, 300_000);
});
