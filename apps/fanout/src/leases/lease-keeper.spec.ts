import { describe, expect, it } from 'vitest';
import { exampleDestination } from '../../test/examples.js';
import type { ConfigurationSnapshot } from '../configuration/configuration.js';
import { BindingIndex } from '../matching/binding-index.js';
import type { SenderPorts } from '../sending/webhook-sender.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { Lease, LeaseTerm } from './lease-store.js';
import { ReplicaRoll } from './replica-roll.js';

const snapshot = (timeoutMs: number, look: number): ConfigurationSnapshot => ({
  version: 1n,
  settledVersion: 1n,
  openWriters: new Set<string>(),
  look,
  index: new BindingIndex([]),
  destinations: new Map([['whk_1', exampleDestination({ timeoutMs })]]),
});
const PORTS: SenderPorts = {
  store: { refill: async () => ({ deliveries: [], hasOthers: false, nextDueMs: null }) },
  attempt: () => Promise.reject(new Error('nothing is due')),
  settle: () => undefined,
  hurry: () => undefined,
  hold: async () => 0,
  tally: { items: 0, bytes: 0 },
  room: () => ({ items: 100, bytes: 1_000_000 }),
  onFailure: (error) => {
    throw error;
  },
};

describe('a lease that is held', () => {
  it('is made longer at once when its webhook gets a longer timeout', async () => {
    const renewed: number[] = [];
    const store = {
      acquire: async (terms: readonly LeaseTerm[]) => terms.map((term) => ({ ...term, epoch: 1n })),
      renew: async (leases: readonly Lease[]) => {
        renewed.push(...leases.map(({ ttlMs }) => ttlMs));
        return new Set(leases.map(({ webhookId }) => webhookId));
      },
      release: async () => undefined,
    };
    const keeper = new LeaseKeeper({ store, roll: new ReplicaRoll('a'), senderPorts: PORTS, leaseMs: 15_000 });
    await keeper.adjust(snapshot(5_000, 1));
    await keeper.adjust(snapshot(5_000, 2));
    expect(renewed).toEqual([]);
    await keeper.adjust(snapshot(60_000, 3));
    expect(renewed).toEqual([65_000]);
    await keeper.releaseAll();
  });
});
