import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawTopic, STATE_TOPIC, type ClaimState } from '@claimwire/contracts';
import { logRanges } from '@claimwire/kafka';
import { cairEvents, rawCair, rawCairBody, shuffled, type TopicCollector } from '@claimwire/testkit/pipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliBench } from '../../test/cli-bench.js';
import { EXIT } from '../exit-codes.js';

const within = { timeout: 40_000, interval: 100 };
const CLAIMS = 30;
const EVENTS = CLAIMS * 8;
const files = mkdtempSync(join(tmpdir(), 'claimwire-rebuild-'));
let bench: CliBench;
let states: TopicCollector;

const rebuild = (...options: string[]) => bench.claimwire('rebuild', ...options, '--json', '--page', '7');
const count = (sql: string) => bench.count(sql);
const stored = () => count('select count(*) from claim_events');

beforeAll(async () => {
  bench = await CliBench.create({}, { role: 'operator' });
  states = bench.collect(STATE_TOPIC);
  const events = cairEvents(CLAIMS, EVENTS / CLAIMS);
  const poison = rawCairBody('claim-1', '{"claimFhirId": 7}');
  await bench.publisher.publishAll([...shuffled([...events, ...events.slice(0, 60)], 5).map(rawCair), poison]);
  bench.startNormalizer();
  await vi.waitFor(async () => {
    expect(await stored()).toBe(EVENTS);
    expect(await count('select count(*) from quarantine')).toBeGreaterThan(0);
  }, within);
});

afterAll(async () => {
  await bench?.close();
  rmSync(files, { recursive: true });
});

/** What somebody, or a bug, did to the projection. */
const CORRUPTIONS = [
  `update claims set status = 'paid' where claim_key like '%claim-3'`,
  `update claims set accumulator = jsonb_set(accumulator, '{attempt}', '9') where claim_key like '%claim-4'`,
  `update claims set state = jsonb_set(state, '{amounts,paid}', '"1.00"') where claim_key like '%claim-5'`,
  `delete from claims where claim_key like '%claim-6'`,
];

describe('claimwire rebuild', () => {
  it('finds the projection of shuffled and repeated webhooks to be what their events say', async () => {
    const { code, result } = await rebuild('--verify');
    expect(result).toMatchObject({ claims: CLAIMS, events: EVENTS, same: CLAIMS, differing: 0, differences: {} });
    expect(code).toBe(EXIT.ok);
  });

  it('folds the raw topics to the same, but for what is in quarantine, and leaves no trace', async () => {
    const lanes = () => bench.pool.query('select topic, partition, next_offset, epoch from consumer_lanes order by id');
    const before = (await lanes()).rows;
    const { code, result } = await rebuild('--verify', '--from-raw');
    // A publisher may send a message twice: what the log holds is what counts.
    const logs = [...(await logRanges(bench.handle, rawTopic('cair'))).values()];
    const messages = logs.reduce((sum, { low, high }) => sum + Number(high - low), 0);
    expect(result).toEqual({
      messages,
      quarantined: expect.any(Number) as number,
      claims: { same: CLAIMS },
      differing: 0,
      interrupted: false,
    });
    expect(code).toBe(EXIT.ok);
    expect((await lanes()).rows).toEqual(before);
    const { groups } = await bench.handle.withAdmin((admin) => admin.listGroups());
    expect(groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(bench.handle.groupId('read-')))).toEqual(
      [],
    );
  });

  it('finds rows that are wrong or missing, names them only in a file of one’s own, and repairs them', async () => {
    for (const corruption of CORRUPTIONS) await bench.pool.query(corruption);
    const file = join(files, 'claims');
    const found = await rebuild('--verify', '--claims-file', file);
    expect(found.code).toBe(EXIT.no);
    expect(found.result).toMatchObject({
      claims: CLAIMS,
      differing: 4,
      differences: { status: 1, accumulator: 1, state: 1, row: 1 },
    });
    expect(JSON.stringify(found)).not.toContain('claim-3');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const named = readFileSync(file, 'utf8').trim().split('\n').sort();
    expect(named).toEqual([3, 4, 5, 6].map((n) => `acme/cair/claim-${n}`));
    expect((await rebuild('--verify', '--claims-file', file)).code).toBe(EXIT.usage);
    expect((await rebuild('--from-raw')).result.claims).toEqual({ same: CLAIMS - 2, state: 1, events_extra: 1 });

    const repaired = await rebuild('--apply');
    expect(repaired.result).toMatchObject({ differing: 4, repaired: 4, beyondRepair: 0, published: 0 });
    expect(repaired.code).toBe(EXIT.ok);
    expect((await rebuild('--verify')).code).toBe(EXIT.ok);
  });

  it('publishes what it repaired only when asked to, once each, and the normaliser goes on from there', async () => {
    const published = () => states.byKey<ClaimState>().get('acme/cair/claim-7') ?? [];
    await expect.poll(() => published().at(-1)?.version, within).toBe(EVENTS / CLAIMS);
    const before = published();
    await bench.pool.query(
      `update claims set state = '{}', accumulator = '{"revision": 1}' where claim_key like '%claim-7'`,
    );
    const { code, result } = await rebuild('--apply', '--publish');
    expect(result).toMatchObject({ repaired: 1, published: 1, unpublished: 0 });
    expect(code).toBe(EXIT.ok);
    await expect.poll(() => published().length, within).toBe(before.length + 1);
    expect(published().at(-1)).toEqual(before.at(-1));

    await bench.publisher.publish(rawCair({ claim: 'claim-7', status: 'Rejected', minute: 1_000 }));
    await expect.poll(() => published().at(-1)?.version, within).toBe(EVENTS / CLAIMS + 1);
    expect((await rebuild('--verify')).code).toBe(EXIT.ok);
  });

  it('says what no fold can mend, and leaves it alone', async () => {
    await bench.pool.query(`delete from claim_events where claim_key like '%claim-8' and version = 2`);
    const { code, result } = await rebuild('--apply');
    expect(result).toMatchObject({ differing: 1, differences: { versions: 1 }, repaired: 0, beyondRepair: 1 });
    expect(code).toBe(EXIT.no);
    expect((await rebuild('--from-raw')).result.claims).toMatchObject({ events_extra: 1 });
  });

  it.each([[[]], [['--apply', '--verify']], [['--publish', '--verify']], [['--page']]])(
    'refuses %j, which makes no sense',
    async (options) => {
      expect((await rebuild(...options)).code).toBe(EXIT.usage);
    },
  );
});
