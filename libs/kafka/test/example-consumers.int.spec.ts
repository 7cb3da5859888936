import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { EVENTS_TOPIC, STATE_TOPIC, TOPICS, type ClaimEvent, type ClaimState } from '@claimwire/contracts';
import { kafkaCacheFolder, testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '../src/index.js';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLES = join(ROOT, 'examples/consumers');
const golden = <T>(name: string) =>
  JSON.parse(readFileSync(join(ROOT, `libs/contracts/golden/${name}.json`), 'utf8')) as T;
const EVENT = golden<ClaimEvent>('claim-event.paid');
const STATE = golden<ClaimState>('claim-state.corrected');

const topicPrefix = testTopicPrefix();
const folder = mkdtempSync(join(tmpdir(), 'claimwire-consumers-'));
const env = { PATH: process.env.PATH, KAFKA_BROKERS: testKafkaBrokers().join(), KAFKA_TOPIC_PREFIX: topicPrefix };
const hasJava = spawnSync('java', ['-version']).status === 0 && existsSync(kafkaCacheFolder());
let handle: KafkaHandle;
let publisher: KafkaPublisher;

const key = (claim: string) => `demo/stedi/${claim}`;
const record = (topic: string, claim: string, value: object | null) => {
  const text = value === null ? null : JSON.stringify(value);
  return { topic, key: key(claim), value: text, headers: {} };
};
const event = (claim: string, version: number, status: ClaimEvent['status']) =>
  record(EVENTS_TOPIC, claim, { ...EVENT, claimKey: key(claim), version, status, addedLater: true });
const state = (claim: string, version: number, status: ClaimState['status']) =>
  record(STATE_TOPIC, claim, { ...STATE, claimKey: key(claim), version, status });
const tombstone = (claim: string) => record(STATE_TOPIC, claim, null);

beforeAll(async () => {
  handle = createKafka({
    brokers: testKafkaBrokers(),
    clientId: 'test',
    topicPrefix,
    logger: { warn: () => undefined },
  });
  const published = TOPICS.filter(({ name }) => [EVENTS_TOPIC, STATE_TOPIC].includes(name));
  await applyTopics(handle, published, { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle, { deadlineMs: 30_000 });
  await publisher.publishAll([
    ...[event('a', 1, 'submitted'), event('a', 3, 'paid'), event('a', 2, 'accepted'), event('a', 3, 'paid')],
    ...[event('b', 1, 'submitted'), event('gone', 1, 'submitted')],
    ...[state('a', 1, 'submitted'), state('a', 3, 'paid'), state('a', 2, 'accepted')],
    ...[state('b', 1, 'submitted'), state('gone', 1, 'submitted'), tombstone('gone')],
  ]);
});

afterAll(async () => {
  await publisher?.stop();
  await handle?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('the example consumer in TypeScript', () => {
  const file = join(folder, 'claims.sqlite');
  const running: ChildProcess[] = [];
  afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

  /** A new group reads everything again. */
  function start(group: string): ChildProcess {
    const settings = { ...env, DATABASE: file, GROUP_ID: topicPrefix + group };
    const child = spawn(process.execPath, [join(EXAMPLES, 'consume-events.ts')], { env: settings, stdio: 'ignore' });
    running.push(child);
    return child;
  }

  function table(): string[] {
    if (!existsSync(file)) return [];
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const rows = database.prepare('select * from claims order by claim_key').all();
      return rows.map(({ claim_key, version, status }) => [claim_key, version, status].join(' '));
    } catch {
      // it is being made, or written to
      return [];
    } finally {
      database.close();
    }
  }

  it('has the greatest version of each claim, also when all messages come again after a crash, and none that was erased', async () => {
    const first = start('first');
    const within = { timeout: 40_000, interval: 200 };
    await expect.poll(table, within).toEqual(['demo/stedi/a 3 paid', 'demo/stedi/b 1 submitted']);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await publisher.publishAll([event('b', 2, 'rejected'), event('a', 1, 'submitted'), event('gone', 1, 'submitted')]);
    await publisher.publish(event('c', 1, 'submitted'));
    const second = start('second');
    const after = ['demo/stedi/a 3 paid', 'demo/stedi/b 2 rejected', 'demo/stedi/c 1 submitted'];
    await expect.poll(table, within).toEqual(after);
    second.kill('SIGTERM');
    await once(second, 'exit');
    expect(table()).toEqual(after);
  }, 120_000);
});

describe('the example consumer in Java', () => {
  it.skipIf(!hasJava)(
    'has the newest state of each claim, and none that was erased (needs Java and its Kafka client)',
    async () => {
      const jars = ['*', ''].map((name) => join(kafkaCacheFolder(), name)).join(delimiter);
      const { stdout } = await promisify(execFile)('java', ['-cp', jars, join(EXAMPLES, 'ClaimTable.java')], {
        env: { ...env, FOLLOW: 'false' },
        timeout: 110_000,
      });
      const claims = stdout.split('\n').filter((line) => line.startsWith('demo/'));
      expect(claims).toEqual(['demo/stedi/a 3 paid', 'demo/stedi/b 1 submitted']);
    },
    120_000,
  );
});
