import { TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { AppProcess, insertConnection, TopicCollector } from '@claimwire/testkit/pipeline';
import { runClaimwire, type Ran } from './run-claimwire.js';

/** A database, topics and processes that a test of a command has to itself. */
export class CliBench {
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly pool: Pool,
    readonly handle: KafkaHandle,
    readonly publisher: KafkaPublisher,
    /** Of the apps and of the command: a test may change it between two runs. */
    readonly env: Record<string, string>,
  ) {}

  /**
   * @param env beside the addresses of the stores; `topics: false` = none are created; `role` of the database that the command
   * has, by default its owner
   */
  static async create(env: Record<string, string> = {}, { topics = true, role = '' } = {}): Promise<CliBench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url, 2);
    await insertConnection(pool);
    const topicPrefix = testTopicPrefix();
    const brokers = testKafkaBrokers();
    const DATABASE_URL = role ? database.urlOf(role) : database.url;
    const stores = { DATABASE_URL, KAFKA_BROKERS: brokers.join(), KAFKA_TOPIC_PREFIX: topicPrefix };
    const handle = createKafka({ brokers, clientId: 'test', topicPrefix, logger: { warn: () => undefined } });
    if (topics) await applyTopics(handle, TOPICS, { replication: 1, minInsync: 1 });
    const publisher = new KafkaPublisher(handle, { deadlineMs: 30_000 });
    return new CliBench(database, pool, handle, publisher, { ...stores, ...env });
  }

  claimwire(...args: string[]): Promise<Ran> {
    return runClaimwire(this.env, args);
  }

  startNormalizer(): AppProcess {
    const process = new AppProcess('normalizer', { ...this.env, DATABASE_URL: this.database.urlOf('normalizer') });
    this.closing.push(() => process.stop());
    return process;
  }

  collect(topic: string): TopicCollector {
    const collector = new TopicCollector(this.handle, [topic]);
    this.closing.push(() => collector.stop());
    return collector;
  }

  /** @returns the first column of the first row, as a number */
  async count(sql: string, values: unknown[] = []): Promise<number> {
    const { rows } = await this.pool.query<Record<string, string>>(sql, values);
    return Number(Object.values(rows[0] ?? {})[0]);
  }

  /** Ends what is still running, then drops the database. */
  async close(): Promise<void> {
    await Promise.all(this.closing.map((close) => close()));
    await this.publisher.stop();
    await this.handle.close();
    await this.pool.end();
    await this.database.drop();
  }
}
