import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafka } from '@claimwire/kafka';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from './free-ports.js';
import { kafkaAnswers } from './kafka-probe.js';
import { startLocalKafka } from './local-kafka.js';
import { postgresAnswers, startLocalPostgres } from './local-postgres.js';
import { isRoot } from './postgres-user.js';

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

const topicsOf = async (brokers: readonly string[]): Promise<string[]> => {
  const handle = createKafka({ brokers: [...brokers], clientId: 'engine-test', topicPrefix: '' });
  const admin = handle.kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3, replicationFactor: 1 }] });
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
};

describe('the local engines', () => {
  it('keep a topic through kill -9 of the broker, and stop', async () => {
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const options = { folder: join(folder, 'kafka'), port, controllerPort, logFile: join(folder, 'kafka.log') };
    const first = await startLocalKafka(options);
    expect(await topicsOf(first.brokers)).toContain('kept');
    await kill(first);
    const second = await startLocalKafka(options);
    expect(await topicsOf(second.brokers)).toContain('kept');
    await second.stop();
    expect(await kafkaAnswers(`127.0.0.1:${port}`)).toBe(false);
  });

  it('keep committed rows through kill -9 of PostgreSQL, refuse a wrong password, and stop', async () => {
    const [port = 0] = await freePorts(1);
    const options = {
      ...{ folder: join(folder, 'postgres'), port, password: randomBytes(8).toString('hex') },
      ...{ database: 'engine_test', logFile: join(folder, 'postgres.log'), durable: true },
    };
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
});
