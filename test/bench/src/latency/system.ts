import { EVENTS_TOPIC, rawTopic, type ClaimEvent } from '@claimwire/contracts';
import { readLog } from '@claimwire/kafka';
import { createPool, type Pool } from '@claimwire/postgres';
import { cairStatusChange, freePorts, nodeOptions, testKafkaBrokers } from '@claimwire/testkit';
import { Pool as HttpPool } from 'undici';
import { insertWebhooks } from '../fanout/seed.js';
import { allSchemes, type Scheme } from '../ingress/schemes.js';
import { BenchConnections } from '../ingress/seed-connections.js';
import { ROOT, ServiceProcess } from '../machine/service-process.js';
import { BenchTopics } from '../machine/topics.js';
import { Arrivals } from './arrivals.js';
import { now, paced, type Load } from './paced.js';
import { timesOf, type Times, type Way } from './way.js';

const APPS = ['ingress-cair', 'normalizer', 'fanout'] as const;
const CONCURRENCY = 64;
/** Events of one claim in a round: its statuses in turn. */
const EVENTS_PER_CLAIM = 4;
const STATUSES = ['Submitted', 'Rejected'];
const SECRET_HEADER = { name: 'x-api-secret', value: 'bench-cair-secret-0001' };

const idOf = (claim: string, version: number): string => `${claim}#${version}`;
const idOfMessage = ({ claimKey, version }: ClaimEvent): string => idOf(claimKey.split('/').at(-1) ?? '', version);

/** Whole milliseconds since 1970 at which an event passed. */
export interface Marks {
  rawProduced: number;
  eventProduced: number;
  attempted: number;
}

function cair(): Scheme {
  const scheme = allSchemes().find(({ name }) => name === 'cair-api-secret');
  if (!scheme) throw new Error('there is no such scheme');
  return scheme;
}

interface Parts {
  services: ServiceProcess[];
  arrivals: Arrivals;
  topics: BenchTopics;
  connections: BenchConnections;
  pool: Pool;
  client: HttpPool;
  path: string;
}

/** The hub as it really runs: a process for each app. */
export class System implements Way {
  readonly name = 'Claimwire';

  private constructor(private readonly parts: Parts) {}

  static async start(): Promise<System> {
    const scheme = cair();
    const connections = await BenchConnections.create([scheme]);
    const topics = await BenchTopics.create();
    const arrivals = await Arrivals.listen((body) => idOfMessage(JSON.parse(body) as ClaimEvent));
    const { url } = connections.database;
    const pool = createPool(url, 2);
    await insertWebhooks(pool, connections.keyringText, [{ url: `${arrivals.origin}/in`, concurrency: CONCURRENCY }]);
    const env = {
      ...{ KAFKA_BROKERS: testKafkaBrokers().join(','), KAFKA_TOPIC_PREFIX: topics.prefix, DATABASE_URL: url },
      ...{ CLAIMWIRE_KEYRING: connections.keyringText, EGRESS_ALLOW_NETWORKS: '127.0.0.0/8' },
    };
    const [port = 0, ...managementPorts] = await freePorts(APPS.length + 1);
    const services = await Promise.all(
      APPS.map((app, at) =>
        ServiceProcess.start({
          script: `apps/${app}/dist/main.js`,
          nodeOptions: nodeOptions(ROOT, app),
          env: { ...env, PORT: String(port), MANAGEMENT_PORT: String(managementPorts[at]) },
          readyUrl: `http://127.0.0.1:${managementPorts[at]}/readyz`,
        }),
      ),
    );
    const client = new HttpPool(`http://127.0.0.1:${port}`, { connections: CONCURRENCY, pipelining: 1 });
    const path = `/webhooks/cair/${connections.tokenOf(scheme)}`;
    return new System({ services, arrivals, topics, connections, pool, client, path });
  }

  async run(load: Load, name: string): Promise<Times> {
    const claims = Math.ceil(load.count / EVENTS_PER_CLAIM);
    const started = new Map<string, number>();
    const answers: Promise<void>[] = [];
    await paced(load, (at) => {
      const step = Math.floor(at / claims);
      const claim = `${name}-${at % claims}`;
      const body = JSON.stringify(
        cairStatusChange({
          ...{ claimFhirId: claim, claimLifecycleId: `life-${claim}`, newStatus: STATUSES[step % 2] ?? '' },
          timestamp: new Date(Date.UTC(2025, 2, 11, 14, step)).toISOString(),
        }),
      );
      started.set(idOf(claim, step + 1), now());
      answers.push(this.post(body));
    });
    await Promise.all(answers);
    return timesOf(started, this.parts.arrivals);
  }

  /** When each event passed, from the topics and the log of attempts. */
  async marks(): Promise<Map<string, Marks>> {
    const raw = new Map<string, number>();
    const marks = new Map<string, Marks>();
    await this.read(rawTopic('cair'), (offset, _value, at) => raw.set(offset, at));
    const { rows } = await this.parts.pool.query<{ id: string; at: number }>(
      `select event_id as id, (extract(epoch from min(at)) * 1000)::float8 as at from delivery_attempts group by 1`,
    );
    const attempts = new Map(rows.map(({ id, at }) => [id, at]));
    await this.read(EVENTS_TOPIC, (_offset, value, eventProduced) => {
      const event = JSON.parse(value) as ClaimEvent;
      const rawProduced = raw.get(`${event.raw.partition}/${event.raw.offset}`) ?? NaN;
      marks.set(idOfMessage(event), { rawProduced, eventProduced, attempted: attempts.get(event.id) ?? NaN });
    });
    return marks;
  }

  async stop(): Promise<void> {
    const { services, arrivals, topics, connections, pool, client } = this.parts;
    await Promise.all(services.map((service) => service.stop()));
    await client.close();
    arrivals.close();
    await pool.end();
    await topics.remove();
    await connections.database.drop();
  }

  private async post(body: string): Promise<void> {
    const { client, path } = this.parts;
    const headers = { 'content-type': 'application/json', [SECRET_HEADER.name]: SECRET_HEADER.value };
    const answer = await client.request({ path, method: 'POST', headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 202) throw new Error(`the ingress answered ${answer.statusCode}`);
  }

  /** Each message of a topic with its place and the time that its producer gave it. */
  private async read(topic: string, take: (offset: string, value: string, at: number) => void): Promise<void> {
    const { handle } = this.parts.topics;
    const ends = await handle.withAdmin((admin) => admin.fetchTopicOffsets(handle.topic(topic)));
    const parts = ends.map(({ partition, offset }) => ({ topic, partition, from: 0n, to: BigInt(offset) }));
    await readLog(handle, parts, async ({ partition, messages }) => {
      for (const { offset, value, timestamp } of messages) take(`${partition}/${offset}`, String(value), timestamp);
    });
  }
}
