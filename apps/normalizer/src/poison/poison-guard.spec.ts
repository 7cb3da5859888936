import type { BatchMessage, LaneBatch } from '@claimwire/kafka';
import { FencedError, type Lane } from '@claimwire/postgres';
import { describe, expect, it, vi } from 'vitest';
import type { CrashedAt } from './crash-records.js';
import { PoisonGuard } from './poison-guard.js';

const lane: Lane = {
  laneId: 1,
  consumer: 'normalizer',
  topic: 'claims.raw.cair.v1',
  partition: 0,
  epoch: 1n,
  nextOffset: 0n,
  lastSeq: 0n,
  sentSeq: 0n,
};
const message = (offset: number): BatchMessage => ({
  key: null,
  value: Buffer.from('{}'),
  headers: {},
  offset: BigInt(offset),
  timestamp: 0,
});
function batchOf(first: number, last: number): LaneBatch {
  const messages = Array.from({ length: last - first + 1 }, (_, index) => message(first + index));
  const { topic, partition } = lane;
  const rest = { isRunning: () => true, heartbeat: () => Promise.resolve() };
  return { topic, partition, lane, messages, nextOffset: BigInt(last) + 1n, ...rest };
}

/** A normaliser that fails for some offsets, and what it settled in which order. */
function setUp(poison: number[], crashed: CrashedAt | null, error: Error = new TypeError('of John Doe')) {
  const settled: string[] = [];
  const offsets = ({ messages }: LaneBatch) => messages.map(({ offset }) => Number(offset));
  const handle = vi.fn((batch: LaneBatch) => {
    if (offsets(batch).some((offset) => poison.includes(offset))) return Promise.reject(error);
    settled.push(`${offsets(batch).join(' ')} → ${batch.nextOffset}`);
    return Promise.resolve();
  });
  const setAside = vi.fn((batch: LaneBatch, reason: string) => {
    settled.push(`${reason} ${offsets(batch).join(' ')} → ${batch.nextOffset}`);
    return Promise.resolve();
  });
  const records = {
    find: vi.fn(() => Promise.resolve(crashed)),
    add: vi.fn(() => Promise.resolve({ firstOffset: 0n, lastOffset: 0n, crashes: 1 })),
    forget: vi.fn(() => Promise.resolve()),
  };
  const poisonIsolated = { inc: vi.fn() };
  const logger = { warn: vi.fn(), error: vi.fn() };
  const metrics = { poisonIsolated } as unknown as ConstructorParameters<typeof PoisonGuard>[0]['metrics'];
  const guard = new PoisonGuard({ handler: { handle, setAside }, records, metrics, logger });
  return { guard, settled, handle, records, poisonIsolated, logger };
}

const crashedAt = (first: number, last: number, crashes = 3): CrashedAt => ({
  firstOffset: BigInt(first),
  lastOffset: BigInt(last),
  crashes,
});

describe('a message that crashes the normaliser', () => {
  it('is counted by place and code, without what the error says, and the crash goes on', async () => {
    const { guard, records, settled, logger } = setUp([2], null);
    await expect(guard.handle(batchOf(0, 4))).rejects.toThrow(TypeError);
    expect(records.add).toHaveBeenCalledWith(lane, 0n, 4n, 'TypeError');
    expect(settled).toEqual([]);
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain('John');
  });

  it('crashes again while its place has crashed less than three times', async () => {
    const { guard, settled } = setUp([2], crashedAt(0, 4, 2));
    await expect(guard.handle(batchOf(0, 4))).rejects.toThrow(TypeError);
    expect(settled).toEqual([]);
  });

  it('is found by halves after the third crash and set aside alone, all else is stored in order', async () => {
    const { guard, settled, records, poisonIsolated, logger } = setUp([5], crashedAt(2, 9));
    await guard.handle(batchOf(0, 11));
    expect(settled).toEqual(['0 1 → 2', '2 3 → 4', '4 → 5', 'unknown_error 5 → 6', '6 7 8 9 → 10', '10 11 → 12']);
    expect(poisonIsolated.inc).toHaveBeenCalledExactlyOnceWith({ source: 'cair' });
    expect(logger.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ topic: lane.topic, partition: 0, offset: '5', code: 'TypeError' }),
      'consumer.poison_isolated',
    );
    expect(records.forget).toHaveBeenCalledOnce();
  });

  it('is stored, not set aside, where it crashes no more', async () => {
    const { guard, settled, records } = setUp([], crashedAt(0, 3));
    await guard.handle(batchOf(0, 3));
    expect(settled).toEqual(['0 1 2 3 → 4']);
    expect(records.forget).toHaveBeenCalledOnce();
  });

  it('is forgotten once the lane is past it, and asked for once per assignment', async () => {
    const { guard, records } = setUp([], crashedAt(2, 3, 1));
    await guard.handle(batchOf(0, 1));
    expect(records.forget).not.toHaveBeenCalled();
    await guard.handle(batchOf(2, 6));
    await guard.handle(batchOf(7, 8));
    expect([records.find, records.forget].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    await guard.handle({ ...batchOf(9, 9), lane: { ...lane, epoch: 2n } });
    expect(records.find).toHaveBeenCalledTimes(2);
  });

  it('is not believed to be the fault where very many do it: then it is ours', async () => {
    const { guard, settled, records } = setUp([0, 1, 2, 3, 4, 5, 6, 7], crashedAt(0, 7));
    await expect(guard.handle(batchOf(0, 7))).rejects.toThrow(TypeError);
    expect(settled).toHaveLength(5);
    expect(records.add).toHaveBeenCalledOnce();
  });

  it.each([
    ['an outage', Object.assign(new Error('down'), { code: 'ECONNREFUSED' })],
    ['a lane that was lost', new FencedError(lane)],
  ])('is none where %s stops the batch', async (_name, error) => {
    const { guard, settled, records } = setUp([1], crashedAt(0, 2), error);
    await expect(guard.handle(batchOf(0, 2))).rejects.toBe(error);
    expect(records.add).not.toHaveBeenCalled();
    expect(settled).toEqual([]);
  });

  it('crashes as well when the crash cannot be counted', async () => {
    const { guard, records } = setUp([0], null);
    records.add.mockRejectedValueOnce(new Error('no database'));
    await expect(guard.handle(batchOf(0, 0))).rejects.toThrow(TypeError);
  });
});
