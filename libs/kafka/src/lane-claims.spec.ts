import type { Lane } from '@claimwire/postgres';
import { describe, expect, it, vi } from 'vitest';
import type { KafkaHandle } from './kafka-handle.js';
import { LaneClaims } from './lane-claims.js';

/** It looks again at once. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const AT = { topic: 'events', partition: 0 };
const nothingBefore = Promise.resolve();

/** A broker whose log ends there, at one look after the other; null = it tells nothing of the partition. */
function brokerWith(...ends: (number | null)[]): KafkaHandle {
  const admin = {
    fetchOffsets: async () => [],
    fetchTopicOffsets: async () => {
      const end = ends.length > 1 ? ends.shift() : ends[0];
      return end === null || end === undefined ? [] : [{ partition: 0, low: '0', high: String(end), offset: '0' }];
    },
  };
  return {
    topic: (name: string) => name,
    groupId: (name: string) => name,
    topicId: async () => 'id',
    withAdmin: (work: (client: typeof admin) => unknown) => work(admin),
  } as unknown as KafkaHandle;
}

/** Claims a lane that stands at offset 8. */
async function claimAll(handle: KafkaHandle): Promise<LaneClaims> {
  const claimLane = async () => ({ ...AT, consumer: 'fanout', nextOffset: 8n, topicId: 'id' }) as Lane;
  const claims = new LaneClaims('fanout', handle, { claim: claimLane }, {}, () => true);
  await claims.start([AT], nothingBefore);
  return claims;
}

const claim = async (handle: KafkaHandle): Promise<Lane> => (await claimAll(handle)).lane(AT);

describe('a batch that begins behind the position', () => {
  it('is not handled before what lies between was asked for, however often such a batch comes', async () => {
    const claims = await claimAll(brokerWith(30));
    expect(await claims.position(AT, 12n)).toBe('seek');
    expect(await claims.position(AT, 8n)).toBe(8n);
    claims.moveTo(AT, 9n);
    // Fetched before the seek, or ahead of a batch that was given up.
    expect(await claims.position(AT, 12n)).toBe('seek');
    expect(await claims.position(AT, 16n)).toBe('seek');
    expect(await claims.position(AT, 9n)).toBe(9n);
  });

  it('shows a gap in the log when it is what comes first after that too', async () => {
    const claims = await claimAll(brokerWith(30));
    expect(await claims.position(AT, 12n)).toBe('seek');
    expect(await claims.position(AT, 12n)).toBe(8n);
  });
});

describe('a lane that stands beyond what the log seems to hold', () => {
  it('goes on where its holder before had moved on since the first look', async () => {
    expect((await claim(brokerWith(5, 8))).nextOffset).toBe(8n);
  });

  it('goes on once a new leader knows how much of its log is acknowledged', async () => {
    expect((await claim(brokerWith(5, 5, 5, 5, 8))).nextOffset).toBe(8n);
  });

  it('waits for a broker that was just started to know of the partition', async () => {
    expect((await claim(brokerWith(null, null, 8))).nextOffset).toBe(8n);
  });

  it('stops where the log stays shorter', async () => {
    await expect(claim(brokerWith(5))).rejects.toMatchObject({ code: 'lane_position' });
  });
});
