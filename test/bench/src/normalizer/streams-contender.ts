import { rawTopic } from '@claimwire/contracts';
import { isTransient } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, type TestDatabase } from '@claimwire/testkit';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JavaProcess } from '../machine/java-process.js';
import type { Contender, Outcome, Round } from './contender.js';
import { postgresSeconds } from './database-usage.js';
import { measureRun } from './measure-run.js';
import { readStates } from './read-states.js';
import { createStreamsTables, readStreamsTables } from './streams-tables.js';

/** The coordinator of a fresh broker is still loading the group. */
function nothingYet(error: unknown): [] {
  if (!isTransient(error)) throw error;
  return [];
}

const MAIN_CLASS = 'dev.claimwire.bench.Main';
const RAW_TOPICS = ['cair', 'stedi-reports'].map(rawTopic);
const OUTPUTS = { events: 'streams.events.v1', states: 'streams.state.v1' };
const PARTITIONS = 6;
const WRITTEN = /^written (\d+)$/;

/** `postgres://user@host:port/name` for the Java driver; batches become multi-row statements. */
function jdbcUrl(databaseUrl: string): string {
  const { username, password, host, pathname } = new URL(databaseUrl);
  const query = new URLSearchParams({ user: username, password, reWriteBatchedInserts: 'true' });
  return `jdbc:postgresql://${host}${pathname}?${String(query)}`;
}

/** The same fold in Kafka Streams: alone, or with its output written to PostgreSQL by a batched sink. */
export class StreamsContender implements Contender {
  readonly name: string;

  constructor(
    private readonly classPath: string,
    private readonly mode: 'alone' | 'sink',
  ) {
    this.name = mode === 'alone' ? 'Kafka Streams alone' : 'Kafka Streams + sink';
  }

  /** @throws Error when events are missing */
  async run(round: Round): Promise<Outcome> {
    const stateDir = await mkdtemp(join(tmpdir(), 'claimwire-streams-'));
    const database = this.mode === 'sink' ? await createTestDatabase() : null;
    const pool = database && createPool(database.url, 2);
    try {
      if (pool) await createStreamsTables(pool);
      return await this.measure(new StreamsRun(round, this.classPath, stateDir, database), pool);
    } finally {
      await pool?.end();
      await database?.drop();
      await rm(stateDir, { recursive: true, force: true });
    }
  }

  private async measure(run: StreamsRun, pool: Pool | null): Promise<Outcome> {
    const { topics, planned, events } = run.round;
    await run.start();
    try {
      const speed = await measureRun({
        running: () => run.java?.running ?? false,
        usage: async () => run.java?.usage() ?? null,
        postgresSeconds: async () => pool && postgresSeconds(pool),
        progress: async () => (pool ? run.written : run.settled()),
        total: pool ? events : planned.length,
        finished: async () => true,
        events,
      });
      const stored = pool ? await readStreamsTables(pool) : null;
      if (stored && stored.events !== events) throw new Error(`${stored.events} of ${events} events are in PostgreSQL`);
      const states = stored?.states ?? (await readStates(topics, run.topicOf(OUTPUTS.states), events));
      return { result: { ...speed, notes: {} }, states };
    } finally {
      await run.stop();
    }
  }
}

/** One JVM with topics, group and stores of its own: a second one in the same round starts from nothing too. */
class StreamsRun {
  java: JavaProcess | null = null;
  /** Events that the sink has committed. */
  written = 0;
  private readonly id = randomBytes(3).toString('hex');

  constructor(
    readonly round: Round,
    private readonly classPath: string,
    private readonly stateDir: string,
    private readonly database: TestDatabase | null,
  ) {}

  topicOf(output: string): string {
    return `${this.id}.${output}`;
  }

  async start(): Promise<void> {
    const { handle, prefix } = this.round.topics;
    await handle.withAdmin((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: Object.values(OUTPUTS).map((output) => ({
          topic: handle.topic(this.topicOf(output)),
          numPartitions: PARTITIONS,
          replicationFactor: 1,
        })),
      }),
    );
    this.java = new JavaProcess({
      classPath: this.classPath,
      mainClass: MAIN_CLASS,
      env: {
        KAFKA_BROKERS: testKafkaBrokers().join(','),
        INPUT_PREFIX: prefix,
        OUTPUT_PREFIX: `${prefix}${this.id}.`,
        STATE_DIR: this.stateDir,
        ...(this.database && { JDBC_URL: jdbcUrl(this.database.url) }),
      },
      onLine: (line) => {
        this.written = Number(WRITTEN.exec(line)?.[1] ?? this.written);
      },
    });
  }

  /** Raw messages whose output is committed: the transaction that shows it commits these offsets. */
  async settled(): Promise<number> {
    const { handle, prefix } = this.round.topics;
    const groupId = `${prefix}${this.id}.fold`;
    const topics = RAW_TOPICS.map((topic) => handle.topic(topic));
    const offsets = await handle.withAdmin((admin) => admin.fetchOffsets({ groupId, topics })).catch(nothingYet);
    const places = offsets.flatMap(({ partitions }) => partitions.map(({ offset }) => Number(offset)));
    return places.reduce((sum, offset) => sum + Math.max(offset, 0), 0);
  }

  async stop(): Promise<void> {
    await this.java?.stop();
  }
}
