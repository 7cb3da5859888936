import type { Lane } from '@claimwire/postgres';
import { describe, expect, it } from 'vitest';
import { assertPosition, judgePosition } from './lane-position.js';

const log = { low: 10n, high: 20n, topicId: 'a', committed: 15n };

describe('where PostgreSQL says that a consumer stands', () => {
  it.each([
    ['at what Kafka has committed', { nextOffset: 15n, topicId: 'a' }, {}, 'ok'],
    ['ahead of what Kafka has committed, which follows', { nextOffset: 18n, topicId: 'a' }, {}, 'ok'],
    ['at either end of the log', { nextOffset: 20n, topicId: 'a' }, { low: 20n }, 'ok'],
    ['in a group that never committed', { nextOffset: 12n, topicId: 'a' }, { committed: null }, 'ok'],
    ['in a topic whose id was never known', { nextOffset: 15n, topicId: null }, {}, 'ok'],
    ['where the brokers tell no ids', { nextOffset: 15n, topicId: 'a' }, { topicId: null }, 'ok'],
    ['in another topic of that name', { nextOffset: 15n, topicId: 'b' }, {}, 'recreated'],
    ['behind what Kafka has committed', { nextOffset: 14n, topicId: 'a' }, {}, 'older_database'],
    ['before the log', { nextOffset: 9n, topicId: 'a' }, {}, 'deleted'],
    ['after the log', { nextOffset: 21n, topicId: 'a' }, {}, 'beyond_end'],
  ] as const)('%s', (_where, position, more, verdict) => {
    expect(judgePosition(position, { ...log, ...more })).toBe(verdict);
  });

  it('is told with both stores’ numbers and where the way on is written', () => {
    const lane = { consumer: 'c', topic: 't', partition: 3, nextOffset: 14n, topicId: 'a' } as Lane;
    const complaint =
      /c stands at offset 14 of t\/3, the log holds 10 to 20, .* 15: .*backup.*docs\/recipes\/recover\.md/;
    expect(() => assertPosition(lane, log)).toThrow(complaint);
    expect(() => assertPosition({ ...lane, nextOffset: 15n }, log)).not.toThrow();
  });
});
