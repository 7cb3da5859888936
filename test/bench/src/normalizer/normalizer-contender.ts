import { EVENTS_TOPIC, STATE_TOPIC } from '@claimwire/contracts';
import { createPool, type Pool } from '@claimwire/postgres';
import { createTestDatabase, freePort, testKafkaBrokers } from '@claimwire/testkit';
import { ServiceProcess } from '../machine/service-process.js';
import type { BenchTopics } from '../machine/topics.js';
import type { Contender, Outcome, Round } from './contender.js';
import { postgresSeconds } from './database-usage.js';
import { FILLER_PROVIDER, fillHistory } from './fill-history.js';
import { measureRun } from './measure-run.js';
import { CONNECTIONS, TENANT } from './raw-messages.js';
import { verifyStored } from './verify-stored.js';

export interface NormalizerBuild {
  name: string;
  /** Of the checkout whose normaliser runs. */
  root: string;
  profileTo: string | null;
  /** Events that the database holds before the round. */
  storedBefore: number;
}

export async function insertConnections(pool: Pool): Promise<void> {
  await pool.query('insert into tenants (id, name) values ($1, $1)', [TENANT]);
  for (const [provider, id] of Object.entries(CONNECTIONS)) {
    await pool.query(
      `insert into connections (id, tenant_id, provider, name, auth, settings, sealed)
       values ($1, $2, $3, $1, '{}', '{}', '')`,
      [id, TENANT, provider],
    );
  }
}

/** @returns how many raw messages PostgreSQL says are settled */
export async function settled(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `select coalesce(sum(next_offset), 0)::text as count from consumer_lanes where consumer = 'normalizer'`,
  );
  return Number(rows[0]?.count);
}

async function batchesOf(managementUrl: string): Promise<number> {
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
  const counts = metrics.matchAll(/^claimwire_normalizer_batch_messages_count\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** The next contender begins with an empty database: offsets that are ahead of it would look like a restored one. */
async function forgetGroups({ handle }: BenchTopics): Promise<void> {
  const groups = ['normalizer', 'quarantine-index'].map((consumer) => handle.groupId(consumer));
  await handle.withAdmin((admin) => admin.deleteGroups(groups));
}

async function statesOf(pool: Pool): Promise<ReadonlyMap<string, unknown>> {
  const { rows } = await pool.query<{ claim_key: string; state: unknown }>(
    'select claim_key, state from claims where provider <> $1',
    [FILLER_PROVIDER],
  );
  return new Map(rows.map(({ claim_key, state }) => [claim_key, state]));
}

interface Started {
  round: Round;
  pool: Pool;
  service: ServiceProcess;
  managementUrl: string;
}

async function measure({ round: { topics, planned, events }, pool, service, managementUrl }: Started, had: Counts) {
  const published = async () => (await topics.count(EVENTS_TOPIC)) - had.events;
  const speed = await measureRun({
    running: () => service.running,
    usage: () => service.usage(),
    postgresSeconds: () => postgresSeconds(pool),
    progress: () => settled(pool),
    total: planned.length,
    finished: async () => (await published()) >= events,
    events,
  });
  const batches = await batchesOf(managementUrl);
  const verified = await verifyStored(pool, planned, await published());
  const states = (await topics.count(STATE_TOPIC)) - had.states;
  return { ...speed, notes: { ...verified, batches, states } };
}

/** What the round's earlier contenders left on the topics. */
interface Counts {
  events: number;
  states: number;
}

/** A built normaliser as it really runs, on a database of its own. */
export class NormalizerContender implements Contender {
  readonly name: string;

  constructor(private readonly build: NormalizerBuild) {
    this.name = build.name;
  }

  /** @throws Error when the result is not what the set says it must be */
  async run(round: Round): Promise<Outcome> {
    const { topics } = round;
    const database = await createTestDatabase();
    const pool = createPool(database.url, 2);
    const had = { events: await topics.count(EVENTS_TOPIC), states: await topics.count(STATE_TOPIC) };
    let service: ServiceProcess | null = null;
    try {
      await insertConnections(pool);
      await fillHistory(pool, this.build.storedBefore);
      const managementPort = await freePort();
      const managementUrl = `http://127.0.0.1:${managementPort}`;
      service = await this.start(topics.prefix, database.url, managementPort);
      const result = await measure({ round, pool, service, managementUrl }, had);
      return { result, states: await statesOf(pool) };
    } finally {
      await service?.stop();
      await forgetGroups(topics);
      await pool.end();
      await database.drop();
    }
  }

  private start(prefix: string, databaseUrl: string, managementPort: number): Promise<ServiceProcess> {
    return ServiceProcess.start({
      root: this.build.root,
      script: 'apps/normalizer/dist/main.js',
      env: {
        KAFKA_BROKERS: testKafkaBrokers().join(','),
        KAFKA_TOPIC_PREFIX: prefix,
        DATABASE_URL: databaseUrl,
        MANAGEMENT_PORT: String(managementPort),
      },
      readyUrl: `http://127.0.0.1:${managementPort}/readyz`,
      profileTo: this.build.profileTo,
    });
  }
}
