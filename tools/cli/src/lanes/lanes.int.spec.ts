import { EVENTS_TOPIC, type ClaimEvent } from '@claimwire/contracts';
import { LaneStore } from '@claimwire/postgres';
import { cairEvents, rawCair, type TopicCollector } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../../test/cli-bench.js';
import { EXIT } from '../exit-codes.js';

const within = { timeout: 40_000, interval: 100 };
const CLAIMS = 10;
const EVENTS = CLAIMS * 6;
let bench: CliBench;
let events: TopicCollector;

const claimwire = (...args: string[]) => bench.claimwire(...args, '--json');
const stored = () => bench.count('select count(*) from claim_events');
const published = () => [...events.byKey<ClaimEvent>().values()];
const verdicts = async (...filter: string[]) => {
  const { result } = await claimwire('lanes', ...filter);
  return new Set((result.lanes as { verdict: string }[]).map(({ verdict }) => verdict));
};

beforeAll(async () => {
  bench = await CliBench.create({}, { role: 'operator' });
  events = bench.collect(EVENTS_TOPIC);
});

afterAll(() => bench?.close());

/** The tables that a backup holds of the normaliser's work. */
const TABLES = ['consumer_lanes', 'claims', 'claim_events', 'notices', 'quarantine'];

async function backup(): Promise<() => Promise<void>> {
  for (const table of TABLES) await bench.pool.query(`create table backup_${table} as table ${table}`);
  return async () => {
    await bench.pool.query(`truncate ${TABLES.join()}`);
    for (const table of TABLES) {
      await bench.pool.query(`insert into ${table} overriding system value select * from backup_${table}`);
    }
  };
}

describe('a database restored from an older backup', () => {
  it('stops the normaliser, and goes on by "claimwire lanes": nothing is lost, and the newest versions are the truth', async () => {
    const raw = cairEvents(CLAIMS, EVENTS / CLAIMS).map(rawCair);
    await bench.publisher.publishAll(raw.slice(0, EVENTS / 2));
    const before = bench.startNormalizer();
    await expect.poll(stored, within).toBe(EVENTS / 2);
    await before.stop();
    const restore = await backup();
    await bench.publisher.publishAll(raw.slice(EVENTS / 2));
    const after = bench.startNormalizer();
    await expect.poll(stored, within).toBe(EVENTS);
    expect(await verdicts()).toEqual(new Set(['ok']));
    const running = await claimwire('lanes', '--accept', '--from', 'stored', '--consumer', 'normalizer');
    expect(running).toMatchObject({
      code: EXIT.usage,
      said: expect.stringContaining('stop all of its processes') as string,
    });
    await expect.poll(() => published().flat().length, within).toBeGreaterThanOrEqual(EVENTS);
    await after.stop();

    await restore();
    const refusing = bench.startNormalizer();
    expect(await refusing.ended()).toBe(1);
    expect(refusing.output).toMatch(/older backup.*docs\/recipes\/recover\.md/);
    expect(await stored()).toBe(EVENTS / 2);
    expect(await verdicts()).toContain('older_database');

    // The group counts the process that ended as a member until its session is over.
    const accepted = async () => (await claimwire('lanes', '--accept', '--from', 'stored')).code;
    await expect.poll(accepted, { ...within, interval: 500 }).toBe(EXIT.ok);
    const recovering = bench.startNormalizer();
    await expect.poll(stored, within).toBe(EVENTS);
    await expect
      .poll(() => published().map((sent) => Math.max(...sent.map(({ version }) => version))), within)
      .toEqual(Array.from({ length: CLAIMS }, () => EVENTS / CLAIMS));
    await recovering.stop();
    for (const sent of published()) {
      // The same event under the same version again, as after a crash: versions are not given to others.
      expect(new Set(sent.map(({ id, version }) => `${version} ${id}`)).size).toBe(EVENTS / CLAIMS);
    }
    expect((await claimwire('rebuild', '--verify', '--from-raw')).result).toMatchObject({ claims: { same: CLAIMS } });
  });
});

describe('claimwire lanes', () => {
  it('refuses to go on at an offset that the log does not hold, and takes one that it does', async () => {
    const topic = 'claims.raw.curacel.v1';
    await new LaneStore(bench.pool).claim('other', topic, 0, 7n, 'of-another-topic');
    expect(await verdicts('--consumer', 'other')).toEqual(new Set(['recreated']));
    const accept = ['lanes', '--accept', '--consumer', 'other', '--topic', topic, '--partition', '0', '--from'];
    expect(await claimwire(...accept, 'stored')).toMatchObject({
      code: EXIT.usage,
      said: expect.stringMatching(/0 to 0/) as string,
    });
    const { code, result } = await claimwire(...accept, 'earliest');
    expect(result.lanes).toMatchObject([
      { nextOffset: '0', verdict: 'ok', topicId: await bench.handle.topicId(topic) },
    ]);
    expect(code).toBe(EXIT.ok);
  });

  it.each([[['--accept']], [['--from', 'stored']], [['--accept', '--from', 'here']], [['--consumer', 'nobody']]])(
    'refuses %j',
    async (options) => {
      expect((await claimwire('lanes', ...options)).code).toBe(EXIT.usage);
    },
  );
});
