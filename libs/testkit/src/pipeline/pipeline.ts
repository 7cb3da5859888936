import { EVENTS_TOPIC, STATE_TOPIC, TOPICS, type ClaimEvent, type ClaimState } from '@claimwire/contracts';
import { applyTopics, createKafka, KafkaPublisher, type KafkaHandle, type PublishRecord } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '../test-database.js';
import { AppProcess } from './app-process.js';
import { TopicCollector } from './collect-topic.js';
import { insertConnection } from './raw-cair.js';

/** Enough to have neighbours; each costs the broker a log. */
const PARTITIONS = 2;

/** Roles are only in those that are made here. */
type OwnDatabase = Pick<TestDatabase, 'url' | 'drop'> & Partial<TestDatabase>;

/** A database, topics and processes of its own: what is broken in one does not show in another beside it. */
export class Pipeline {
  private readonly processes: AppProcess[] = [];

  private constructor(
    readonly database: OwnDatabase,
    readonly pool: Pool,
    readonly handle: KafkaHandle,
    readonly env: Readonly<Record<string, string>>,
    private readonly publisher: KafkaPublisher,
    private readonly events: TopicCollector,
    private readonly states: TopicCollector,
  ) {}

  /** @param url of a migrated database that is another's to drop; without it one is made */
  static async create(database?: OwnDatabase): Promise<Pipeline> {
    const own: OwnDatabase = database ?? (await createTestDatabase());
    const pool = createPool(own.url, 2);
    await insertConnection(pool);
    const topicPrefix = testTopicPrefix();
    const brokers = testKafkaBrokers();
    const handle = createKafka({ brokers, clientId: 'test', topicPrefix, logger: { warn: () => undefined } });
    const topics = TOPICS.map((topic) => ({ ...topic, partitions: PARTITIONS }));
    await applyTopics(handle, topics, { replication: 1, minInsync: 1 });
    const env = {
      KAFKA_BROKERS: brokers.join(),
      KAFKA_TOPIC_PREFIX: topicPrefix,
      DATABASE_URL: own.urlOf?.('normalizer') ?? own.url,
    };
    const collect = (topic: string) => new TopicCollector(handle, [topic]);
    const publisher = new KafkaPublisher(handle, { deadlineMs: 20_000 });
    return new Pipeline(own, pool, handle, env, publisher, collect(EVENTS_TOPIC), collect(STATE_TOPIC));
  }

  publish(records: readonly PublishRecord[]): Promise<void> {
    return this.publisher.publishAll(records);
  }

  /** @param env over the pipeline's own, for example CLAIMWIRE_TEST_FAULT */
  startNormalizer(env: Readonly<Record<string, string>> = {}): AppProcess {
    const process = new AppProcess('normalizer', { ...this.env, ...env });
    this.processes.push(process);
    return process;
  }

  async count(table: 'claim_events' | 'quarantine'): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>(`select count(*) from ${table}`);
    return Number(rows[0]?.count);
  }

  /** Distinct ids on claims.events.v1. */
  publishedEvents(): number {
    return new Set([...this.events.byKey<ClaimEvent>().values()].flat().map(({ id }) => id)).size;
  }

  /**
   * What is wrong with what was stored and published; empty = guarantees 4 and 5 of docs/architecture.md hold. A message that is sent
   * again after a crash is none, as long as everything that followed it is sent again too.
   */
  async flaws(): Promise<string[]> {
    const { rows } = await this.pool.query<{ claim_key: string; state: ClaimState; ids: string[] }>(
      `select claim_key, state, (select array_agg(event_id order by version) from claim_events e where e.claim_key = c.claim_key) as ids
       from claims c`,
    );
    const events = this.events.byKey<ClaimEvent>();
    const states = this.states.byKey<ClaimState>();
    return rows.flatMap(({ claim_key: key, state, ids }) => [
      ...flawsOfEvents(key, events.get(key) ?? [], ids),
      ...flawsOfStates(key, states.get(key) ?? [], state),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop('SIGKILL')));
    await Promise.all([this.events.stop(), this.states.stop(), this.publisher.stop()]);
    await this.handle.close();
    await this.pool.end();
    await this.database.drop();
  }
}

function flawsOfEvents(key: string, published: readonly ClaimEvent[], stored: readonly string[]): string[] {
  const flaws: string[] = [];
  let greatest = 0;
  published.forEach(({ id, version }, index) => {
    if (stored[version - 1] !== id) flaws.push(`${key}: version ${version} is another event's`);
    const next = published[index + 1]?.version;
    // A run may begin again before the greatest, and must then go beyond it: else something old came after something new.
    if (next !== undefined && next <= version && version < greatest)
      flaws.push(`${key}: an old ${version} after ${greatest}`);
    if (version > greatest + 1) flaws.push(`${key}: ${version} after ${greatest}`);
    greatest = Math.max(greatest, version);
  });
  if ((published.at(-1)?.version ?? 0) !== stored.length) flaws.push(`${key}: ends before version ${stored.length}`);
  return flaws;
}

function flawsOfStates(key: string, published: readonly ClaimState[], stored: ClaimState): string[] {
  const falls = published.filter(({ version }, index) => version < (published[index - 1]?.version ?? 0));
  const flaws = falls.map(({ version }) => `${key}: the state falls to ${version}`);
  const last = published.at(-1);
  if (last?.version !== stored.version || last.status !== stored.status) flaws.push(`${key}: compacts to an old state`);
  return flaws;
}
