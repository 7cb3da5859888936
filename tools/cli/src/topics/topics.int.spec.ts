import { rawTopic, TOPICS } from '@claimwire/contracts';
import { applyTopics } from '@claimwire/kafka';
import { cairEvents, rawCair } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../../test/cli-bench.js';
import { EXIT } from '../exit-codes.js';

let bench: CliBench;

beforeAll(async () => {
  bench = await CliBench.create({}, { topics: false });
});

afterAll(() => bench?.close());

describe('claimwire topics', () => {
  it('plans every topic where there is none, changes nothing by that, and never without a yes', async () => {
    const planned = await bench.claimwire('topics', 'plan', '--json');
    expect(planned).toMatchObject({ code: EXIT.no, result: { pending: TOPICS.length, refused: 0, applied: false } });
    expect((await bench.claimwire('topics', 'apply')).code).toBe(EXIT.usage);
    expect((await bench.claimwire('topics', 'plan', '--json')).result).toEqual(planned.result);
  });

  it('applies the plan, and has nothing to do afterwards', async () => {
    expect((await bench.claimwire('topics', 'apply', '--yes')).code).toBe(EXIT.ok);
    const after = () => bench.claimwire('topics', 'plan');
    await expect.poll(async () => (await after()).printed).toEqual(['All topics are as they must be.']);
    expect((await after()).code).toBe(EXIT.ok);
  });

  it('shows the difference of a setting first, and sets it right', async () => {
    const changed = { ...TOPICS[0]!, config: { ...TOPICS[0]!.config, 'retention.ms': '1234567' } };
    await applyTopics(bench.handle, [changed], { replication: 1, minInsync: 1 });
    const plan = () => bench.claimwire('topics', 'plan');
    await expect
      .poll(async () => (await plan()).printed)
      .toEqual([`~ ${changed.name}: retention.ms: 1234567 → ${TOPICS[0]!.config['retention.ms']}`]);
    expect((await bench.claimwire('topics', 'apply', '--yes')).code).toBe(EXIT.ok);
    await expect.poll(async () => (await plan()).code).toBe(EXIT.ok);
  });

  it('tells a replication that it does not change', async () => {
    const { code, printed } = await bench.claimwire('topics', 'plan');
    expect([code, printed]).toEqual([EXIT.ok, ['All topics are as they must be.']]);
    bench.env.TOPIC_REPLICATION = '3';
    const other = await bench.claimwire('topics', 'plan');
    expect(other.printed).toContainEqual(expect.stringMatching(/^! claims\.events\.v1: replication 1, not 3/));
    delete bench.env.TOPIC_REPLICATION;
  });

  it('refuses, and changes nothing, where a partition count differs', async () => {
    const topic = bench.handle.topic(rawTopic('cair'));
    await bench.handle.withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 7 }] }));
    await expect
      .poll(async () => (await bench.claimwire('topics', 'plan', '--json')).result)
      .toMatchObject({ refused: 1, changes: [{ kind: 'partitions', from: 7, to: 6 }] });
    expect((await bench.claimwire('topics', 'apply', '--yes')).code).toBe(EXIT.no);
  });
});

describe('claimwire migrate', () => {
  it('says what is pending, waits for somebody else to apply it, and applies it', async () => {
    expect((await bench.claimwire('migrate', '--status')).code).toBe(EXIT.ok);
    await bench.pool.query('alter table schema_migrations rename to schema_migrations_away');
    const pending = await bench.claimwire('migrate', '--status', '--json');
    expect(pending).toMatchObject({ code: EXIT.no, result: { applied: [] } });
    expect((await bench.claimwire('migrate', '--wait', '--timeout', '1')).code).toBe(EXIT.no);
    const waiting = bench.claimwire('migrate', '--wait', '--json');
    await bench.pool.query('alter table schema_migrations_away rename to schema_migrations');
    expect(await waiting).toMatchObject({ code: EXIT.ok, result: { pending: [] } });
    expect((await bench.claimwire('migrate', '--json')).result).toEqual({ applied: [] });
  });
});

describe('claimwire lag', () => {
  it('tells messages and age of every consumer, also of one that never ran', async () => {
    await bench.publisher.publishAll(cairEvents(1, 5).map(rawCair));
    const { code, result } = await bench.claimwire('lag', '--group', 'normalizer', '--behind', '--json');
    expect(code).toBe(EXIT.ok);
    const [behind, ...others] = result.lags as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(behind).toMatchObject({
      group: bench.handle.groupId('normalizer'),
      topic: rawTopic('cair'),
      position: '0',
    });
    expect(Number(behind?.lag)).toBeGreaterThanOrEqual(5);
    expect(behind?.ageSeconds).toBeGreaterThan(0);
    expect((await bench.claimwire('lag', '--max', '0')).code).toBe(EXIT.no);
    const { printed } = await bench.claimwire('lag', '--group', 'normalizer');
    expect(printed[0]).toMatch(/^group +topic +partition +position +end +lag +age$/);
    const partitions = printed
      .filter((line) => line.includes(` ${rawTopic('cair')} `))
      .map((line) => line.split(/ +/)[2]);
    expect(partitions).toEqual(partitions.map((_, place) => String(place)));
    expect(partitions).toContain('5');
    expect(printed.at(-1)).toMatch(/^\d+ messages behind/);
  });
});
