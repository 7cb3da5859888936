import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { EVENTS_TOPIC, rawTopic } from '@claimwire/contracts';
import { createPool } from '@claimwire/postgres';
import { createTestDatabase, testKafkaBrokers, type TestDatabase } from '@claimwire/testkit';
import { BenchTopics } from '../machine/topics.js';
import { Arrivals } from './arrivals.js';
import type { ChainSettings } from './chain-process.js';
import type { Load } from './paced.js';
import { timesOf, type Times, type Way } from './way.js';

const TABLES = `create table chain_events (id bigint generated always as identity primary key, body text);
  create table chain_deliveries (id bigint generated always as identity primary key, body text)`;

/** The same hops with nothing between them, in one process: what Kafka, PostgreSQL and their clients take at least. */
export class Chain implements Way {
  readonly name = 'bare chain';

  private constructor(
    private readonly child: ChildProcess,
    private readonly arrivals: Arrivals,
    private readonly topics: BenchTopics,
    private readonly database: TestDatabase,
  ) {}

  static async start(): Promise<Chain> {
    const [first, second] = [rawTopic('cair'), EVENTS_TOPIC];
    const topics = await BenchTopics.create((name) => name === first || name === second);
    const database = await createTestDatabase();
    const pool = createPool(database.url, 1);
    await pool.query(TABLES);
    await pool.end();
    const arrivals = await Arrivals.listen((body) => (JSON.parse(body) as { id: string }).id);
    const { prefix } = topics;
    const settings: ChainSettings = {
      ...{ brokers: testKafkaBrokers(), prefix, databaseUrl: database.url, origin: arrivals.origin },
      ...{ first, second },
    };
    const child = fork(join(import.meta.dirname, 'chain-process.js'), [JSON.stringify(settings)]);
    await once(child, 'message');
    return new Chain(child, arrivals, topics, database);
  }

  async run(load: Load, name: string): Promise<Times> {
    this.child.send({ ...load, prefix: `${name}-` });
    const [started] = (await once(this.child, 'message')) as [[string, number][]];
    return timesOf(new Map(started), this.arrivals);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
    this.arrivals.close();
    await this.topics.remove();
    await this.database.drop();
  }
}
