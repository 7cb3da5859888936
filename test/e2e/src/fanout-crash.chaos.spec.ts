import type { ClaimEvent } from '@claimwire/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cairTraffic, EVENTS_PER_CLAIM } from './claim-traffic.js';
import { eventually } from './eventually.js';
import { DeliveryReceiver } from './delivery-receiver.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant } from './tenant.js';

const CLAIMS = 20;
const FAULTS = ['fanout.after-insert', 'fanout.before-attempt', 'fanout.after-attempt'];

let system: System;
let tenant: Tenant;
let connection: Connection;
let receiver: DeliveryReceiver;
let webhook: { id: string; secret: string };

beforeAll(async () => {
  system = await System.start(['api', 'ingress-cair', 'normalizer']);
  tenant = await Tenant.create(system, 'mid-delivery');
  connection = await tenant.connect('cair', sampleAuths().cair);
  receiver = await DeliveryReceiver.start();
  webhook = await tenant.subscribe(receiver.url);
  receiver.trust(webhook.secret);
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
});

describe.each(FAULTS)('killed at %s', (fault) => {
  const traffic = cairTraffic(CLAIMS, 10 + FAULTS.indexOf(fault));
  const keys = new Set(traffic.claimIds.map((id) => `mid-delivery/cair/${id}`));
  const received = () => receiver.deliveries.filter(({ event }) => keys.has(event.claimKey));

  it('makes every delivery after the restart, in order per claim, with the same id', async () => {
    const { fanout } = system.apps;
    await fanout.start({ CLAIMWIRE_TEST_FAULT: fault });
    await fanout.ready();
    await Promise.all(traffic.bodies.map((body) => send('cair', connection, body)));
    expect(await fanout.ended()).toBe('SIGKILL');

    await fanout.start();
    await eventually(
      'every event at the receiver',
      () => new Set(received().map(({ event }) => event.id)).size === CLAIMS * EVENTS_PER_CLAIM || undefined,
      60_000,
    );
    expect(received().every(({ verified, webhookId, event }) => verified && webhookId === event.id)).toBe(true);
    for (const key of keys) {
      const versions = firstVersions(
        received().map(({ event }) => event),
        key,
      );
      expect(versions).toEqual([1, 2, 3]);
    }
    expect(await fanout.stop()).toBe(0);
  });
});

/** Versions of one claim in order of first arrival. */
const firstVersions = (events: ClaimEvent[], claimKey: string): number[] => [
  ...new Set(events.filter((event) => event.claimKey === claimKey).map(({ version }) => version)),
];
