import type { ClaimEvent, ClaimState } from '@claimwire/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cairTraffic, EVENTS_PER_CLAIM } from './claim-traffic.js';
import { eventually } from './eventually.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant } from './tenant.js';

const CLAIMS = 25;
/** The one that leaves the most to its successor; apps/normalizer/src/crash.int.spec.ts kills at every point. */
const FAULTS = ['normalizer.after-commit'];

let system: System;
let tenant: Tenant;
let connection: Connection;
let events: TopicReader;
let states: TopicReader;

beforeAll(async () => {
  system = await System.start(['api', 'ingress-cair']);
  tenant = await Tenant.create(system, 'crash');
  connection = await tenant.connect('cair', sampleAuths().cair);
  events = new TopicReader(system.topicPrefix, 'claims.events.v1');
  states = new TopicReader(system.topicPrefix, 'claims.state.v1');
});

afterAll(async () => {
  await Promise.all([events.stop(), states.stop()]);
  await system.stop();
});

interface Stored {
  id: string;
  version: number;
  late: boolean;
}

/** What PostgreSQL says of a claim: the truth that the topics must agree with. */
async function stored(claimKey: string): Promise<Stored[]> {
  const path = `/claims/${encodeURIComponent(claimKey)}/events?order=received&limit=100`;
  const { data } = await tenant.api.must<{ data: Stored[] }>('GET', path);
  return data.map(({ id, version, late }) => ({ id, version, late }));
}

/** A repeated message is the same message: each id at its first occurrence. */
const firstOccurrences = (messages: ClaimEvent[]): ClaimEvent[] => {
  const seen = new Set<string>();
  return messages.filter(({ id }) => !seen.has(id) && seen.add(id));
};

describe.each(FAULTS)('killed at %s', (fault) => {
  const traffic = cairTraffic(CLAIMS, FAULTS.indexOf(fault) + 1);
  const keys = traffic.claimIds.map((id) => `crash/cair/${id}`);

  it('loses and invents nothing: every event is on the topic as the fold says, same ids and versions', async () => {
    const { normalizer } = system.apps;
    await normalizer.start({ CLAIMWIRE_TEST_FAULT: fault });
    await normalizer.ready();
    const answers = await Promise.all(traffic.bodies.map((body) => send('cair', connection, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await normalizer.ended()).toBe('SIGKILL');

    await normalizer.start();
    await eventually(
      'all events on the topic',
      () => (keys.every((key) => firstOccurrences(events.valuesOf(key)).length >= EVENTS_PER_CLAIM) ? true : undefined),
      60_000,
    );
    for (const key of keys) {
      const published = firstOccurrences(events.valuesOf<ClaimEvent>(key));
      expect(published.map(({ id, version, late }) => ({ id, version, late }))).toEqual(await stored(key));
      expect(published.map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(published.at(-1)).toMatchObject({ status: 'submitted', attempt: 2, previousStatus: 'rejected' });
    }
    await eventually('the newest state on the compacted topic', () => {
      const newest = keys.map((key) => states.valuesOf<ClaimState>(key).at(-1));
      return newest.every((state) => state?.version === EVENTS_PER_CLAIM && state.status === 'submitted') || undefined;
    });
    expect(await normalizer.stop()).toBe(0);
  });
});
