import { describe, expect, it } from 'vitest';
import { Lane } from './lane.js';
import type { LaneItem, Ordering } from './lane.js';

const item = (id: string, claimKey: string, version: number, replayId = ''): LaneItem => ({
  id,
  claimKey,
  version,
  replayId,
  message: { length: 10 },
});
const laneOf = (ordering: Ordering, concurrency: number, ...items: LaneItem[]) => {
  const lane = new Lane<LaneItem>(ordering, concurrency);
  for (const one of items) lane.add(one);
  return lane;
};
const takeAll = (lane: Lane<LaneItem>): string[] => {
  const taken: string[] = [];
  for (let next = lane.take(); next; next = lane.take()) taken.push(next.id);
  return taken;
};

describe('a lane in claim order', () => {
  it('starts one delivery per claim, and the next one only when that is settled', () => {
    const [a1, a2, b1] = [item('1', 'a', 1), item('2', 'a', 2), item('3', 'b', 1)];
    const lane = laneOf('per_claim', 10, a1, a2, b1);
    expect(takeAll(lane)).toEqual(['1', '3']);
    lane.answered();
    expect(takeAll(lane)).toEqual([]);
    lane.settled(a1);
    expect(takeAll(lane)).toEqual(['2']);
  });

  it('lets go of the claim that is postponed, with all that waits behind it', () => {
    const [a1, a2, b1] = [item('1', 'a', 1), item('2', 'a', 2), item('3', 'b', 1)];
    const lane = laneOf('per_claim', 1, a1, a2, b1);
    expect(lane.take()).toBe(a1);
    lane.answered();
    lane.postponed(a1);
    expect(lane.ids()).toEqual(['3']);
    expect(takeAll(lane)).toEqual(['3']);
  });

  it('takes a replay at once, beside the live delivery of its claim', () => {
    const lane = laneOf('per_claim', 10, item('1', 'a', 1), item('2', 'a', 1, 'rpl_1'), item('3', 'a', 2));
    expect(takeAll(lane)).toEqual(['1', '2']);
  });

  it('starts versions in order, also when they were added the other way round', () => {
    const [a2, a1] = [item('2', 'a', 2), item('1', 'a', 1)];
    const lane = laneOf('per_claim', 10, a2, a1);
    expect(lane.take()).toBe(a1);
    lane.settled(a1);
    expect(lane.take()).toBe(a2);
  });

  it('ignores a delivery that it has already', () => {
    const a1 = item('1', 'a', 1);
    const lane = laneOf('per_claim', 10, a1, a1);
    expect(lane.size).toBe(1);
  });
});

describe('concurrency', () => {
  it('bounds what is in flight; an answer frees a place before the delivery is settled', () => {
    const lane = laneOf('unordered', 2, item('1', 'a', 1), item('2', 'a', 2), item('3', 'a', 3));
    expect(takeAll(lane)).toEqual(['1', '2']);
    lane.answered();
    expect(takeAll(lane)).toEqual(['3']);
    expect(lane.inFlight).toBe(2);
  });

  it('that shrinks lets what is in flight end', () => {
    const lane = laneOf('unordered', 3, ...['1', '2', '3', '4'].map((id) => item(id, id, 1)));
    takeAll(lane);
    lane.resize(1);
    lane.answered();
    lane.answered();
    expect(takeAll(lane)).toEqual([]);
    lane.answered();
    expect(takeAll(lane)).toEqual(['4']);
  });
});

describe('replays', () => {
  const replayed = (id: string, replayId = 'rpl_1') => item(id, `claim-${id}`, 1, replayId);

  it('start after what is live, in at most half of the places', () => {
    const replays = ['1', '2', '3', '4'].map((id) => replayed(id));
    const lane = laneOf('per_claim', 4, ...replays, item('live', 'a', 1));
    expect(takeAll(lane)).toEqual(['live', '1', '2']);
    lane.answered(replays[0]);
    expect(takeAll(lane)).toEqual(['3']);
    lane.add(item('later', 'b', 1));
    expect(takeAll(lane)).toEqual(['later']);
  });

  it('start where there is one place only', () => {
    expect(takeAll(laneOf('per_claim', 1, replayed('1'), replayed('2')))).toEqual(['1']);
  });

  it('that are withdrawn do not start; what is under way ends', () => {
    const [first, second, other] = [replayed('1'), replayed('2'), replayed('3', 'rpl_2')];
    const lane = laneOf('per_claim', 2, first, second, other, item('live', 'a', 1));
    expect(takeAll(lane)).toEqual(['live', '1']);
    expect(lane.withdraw('rpl_1')).toEqual([second]);
    lane.answered(first);
    lane.settled(first);
    expect(takeAll(lane)).toEqual(['3']);
  });
});

describe('latest only', () => {
  it('replaces what waits, never what is under way', () => {
    const [a1, a2, a3] = [item('1', 'a', 1), item('2', 'a', 2), item('3', 'a', 3)];
    const lane = laneOf('latest_only', 1, a1);
    expect(lane.take()).toBe(a1);
    expect(lane.add(a2)).toEqual([]);
    expect(lane.add(a3)).toEqual([a2]);
    expect(lane.hasNewer(a1)).toBe(true);
    lane.answered();
    lane.settled(a1);
    expect(takeAll(lane)).toEqual(['3']);
  });

  it('replaces what has not started yet', () => {
    const [a1, a2] = [item('1', 'a', 1), item('2', 'a', 2)];
    const lane = laneOf('latest_only', 1, a1);
    expect(lane.add(a2)).toEqual([a1]);
    expect(takeAll(lane)).toEqual(['2']);
  });

  it('refuses an older one than it has', () => {
    const [a1, a2] = [item('1', 'a', 1), item('2', 'a', 2)];
    const lane = laneOf('latest_only', 1, a2);
    expect(lane.add(a1)).toEqual([a1]);
    expect(takeAll(lane)).toEqual(['2']);
    expect(lane.add(a1)).toEqual([a1]);
    lane.answered();
    lane.settled(a2);
    expect(takeAll(lane)).toEqual([]);
  });
});

describe('memory', () => {
  it('is counted in bytes of messages, back to nothing when all is settled', () => {
    const [a1, a2] = [item('1', 'a', 1), item('2', 'a', 2)];
    const lane = laneOf('per_claim', 1, a1, a2);
    expect(lane.bytes).toBe(20);
    lane.take();
    lane.settled(a1);
    lane.take();
    lane.postponed(a2);
    expect([lane.bytes, lane.size]).toEqual([0, 0]);
  });
});
