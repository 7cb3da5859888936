import { describe, expect, it } from 'vitest';
import { oldestAges } from './oldest-ages.js';

const NOW = 1_800_000_000_000;
const DAY_S = 24 * 60 * 60;

/** Partitions whose messages have these ages in seconds, oldest first. */
function log(...partitions: number[][]) {
  let requests = 0;
  const offsetsAt = async (timestampMs: number) => {
    if (!Number.isInteger(timestampMs)) throw new RangeError('Kafka takes whole milliseconds');
    requests += 1;
    return new Map(
      partitions.map((ages, partition) => {
        const first = ages.findIndex((age) => NOW - age * 1_000 >= timestampMs);
        return [partition, BigInt(first === -1 ? ages.length : first)];
      }),
    );
  };
  return { offsetsAt, requests: () => requests };
}

describe('oldestAges', () => {
  it.each([0.2, 3, 59, 3_600, 29 * DAY_S])('finds the age of a message of %d s to a sixteenth', async (age) => {
    const { offsetsAt } = log([age * 2, age, age / 2]);
    const found = (await oldestAges(new Map([[0, 1n]]), offsetsAt, NOW)).get(0) ?? 0;
    expect(found).toBeGreaterThanOrEqual(age);
    expect(found).toBeLessThanOrEqual(Math.max(1, (age * 17) / 16));
  });

  it('answers for several partitions, each by its own offset', async () => {
    const { offsetsAt } = log([10_000, 100], [10_000, 100], [0.5]);
    const ages = await oldestAges(
      new Map([
        [0, 0n],
        [1, 1n],
        [2, 0n],
      ]),
      offsetsAt,
      NOW,
    );
    expect(ages.get(0)).toBeCloseTo(10_000, -3);
    expect(ages.get(1)).toBeCloseTo(100, -1);
    expect(ages.get(2)).toBe(1);
  });

  it('asks once where everything is fresh, and never where nothing waits', async () => {
    const fresh = log([0.1], [0.2]);
    await oldestAges(
      new Map([
        [0, 0n],
        [1, 0n],
      ]),
      fresh.offsetsAt,
      NOW,
    );
    expect(fresh.requests()).toBe(1);
    await oldestAges(new Map(), fresh.offsetsAt, NOW);
    expect(fresh.requests()).toBe(1);
  });
});
