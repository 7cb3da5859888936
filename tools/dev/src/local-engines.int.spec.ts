import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyTopics, createKafka, type KafkaHandle, KafkaPublisher, readMessage } from '@claimwire/kafka';
import {
  freePort,
  freePorts,
  isRoot,
  kafkaAnswers,
  postgresAnswers,
  startLocalKafka,
  startLocalPostgres,
} from '@claimwire/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(isRoot() ? '/var/tmp' : tmpdir(), 'claimwire-test-'));
  await chmod(folder, 0o755);
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const kill = async (engine: { pid: number | null; ended: Promise<void> }) => {
  process.kill(engine.pid ?? NaN, 'SIGKILL');
  await engine.ended;
};

const QUIET = { warn: () => undefined, error: () => undefined };
const KEPT = { topic: 'kept', key: 'k', value: 'still here', headers: {} };

const withKafka = async <T>(brokers: readonly string[], use: (handle: KafkaHandle) => Promise<T>): Promise<T> => {
  const handle = createKafka({ brokers: [...brokers], clientId: 'engine-test', topicPrefix: '', logger: QUIET });
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
};

const publishOne = async (handle: KafkaHandle) => {
  await applyTopics(handle, [{ name: 'kept', partitions: 1, config: {} }], { replication: 1, minInsync: 1 });
  const publisher = new KafkaPublisher(handle);
  await publisher.start();
  try {
    return await publisher.publish(KEPT);
  } finally {
    await publisher.stop();
  }
};

const postgresOptions = async (name: string) => ({
  folder: join(folder, name),
  port: await freePort(),
  password: randomBytes(8).toString('hex'),
  database: 'engine_test',
  logFile: join(folder, `${name}.log`),
  durable: true,
});

describe('the local engines', () => {
  it('keep an acknowledged message through kill -9 of the broker, and stop', async () => {
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const options = { folder: join(folder, 'kafka'), port, controllerPort, logFile: join(folder, 'kafka.log') };
    const first = await startLocalKafka(options);
    const { partition, offset } = await withKafka(first.brokers, publishOne);
    await kill(first);
    const second = await startLocalKafka(options);
    const found = await withKafka(second.brokers, (handle) => readMessage(handle, 'kept', partition, BigInt(offset)));
    expect(found?.value?.toString()).toBe(KEPT.value);
    await second.stop();
    expect(await kafkaAnswers(`127.0.0.1:${port}`)).toBe(false);
  });

  it('keep committed rows through kill -9 of PostgreSQL, refuse a wrong password, and stop', async () => {
    const options = await postgresOptions('postgres');
    const first = await startLocalPostgres(options);
    const client = new Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table kept as select 42 as answer');
    await kill(first);
    const second = await startLocalPostgres(options);
    const again = new Client({ connectionString: second.url });
    await again.connect();
    expect((await again.query('select answer from kept')).rows).toEqual([{ answer: 42 }]);
    await again.end();
    expect(await postgresAnswers(second.url.replace(options.password, 'wrong'))).toBe(false);
    await second.stop();
    expect(await postgresAnswers(second.url)).toBe(false);
  });

  it('say at once that the data are of another password, what to do, and leave no server behind', async () => {
    const options = { ...(await postgresOptions('foreign')), password: 'of an earlier checkout' };
    await (await startLocalPostgres(options)).stop();
    const other = { ...options, password: 'of this one' };
    const pids: number[] = [];
    await expect(startLocalPostgres(other, { onSpawn: (pid) => pids.push(pid) })).rejects.toThrow(
      `The PostgreSQL data in ${options.folder} have another password`,
    );
    expect(pids).toHaveLength(1);
    expect(() => process.kill(pids[0] ?? NaN, 0)).toThrow('ESRCH');
  });
});
