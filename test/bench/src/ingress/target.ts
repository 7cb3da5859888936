import { rawTopic } from '@claimwire/contracts';
import { freePorts, testKafkaBrokers } from '@claimwire/testkit';
import type { Job } from '../load/job.js';
import type { LoadGenerator } from '../load/load-generator.js';
import { ServiceProcess } from '../machine/service-process.js';
import { BenchTopics } from '../machine/topics.js';
import type { Scheme } from './schemes.js';
import type { BenchConnections } from './seed-connections.js';

export type TargetName = 'bare' | 'publisher' | 'ingress';
export const TARGETS: readonly TargetName[] = ['bare', 'publisher', 'ingress'];

/** One measurement of one server. */
export interface Sample {
  perSecond: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
  /** CPU time of the server's process for one request, or null where the system does not say. */
  cpuMicros: number | null;
}

const ACCEPTED = '202';
const BASELINE = 'test/bench/dist/ingress/baseline-server.js';
const PER_SECOND_MICROS = 1e6;

interface TargetParts {
  name: TargetName;
  port: number;
  service: ServiceProcess;
  topics: BenchTopics | null;
  topic: string;
}

export interface TargetOptions {
  scheme: Scheme;
  connections: BenchConnections;
  profileTo: string | null;
}

/** A server under load, with topics of its own, that counts what it has accepted. */
export class Target {
  private accepted = 0;

  private constructor(private readonly parts: TargetParts) {}

  static async start(name: TargetName, { scheme, connections, profileTo }: TargetOptions): Promise<Target> {
    const topics =
      name === 'bare' ? null : await BenchTopics.create((topic) => /^claims\.(raw|quarantine)\./.test(topic));
    const [port = 0, managementPort = 0] = await freePorts(2);
    const env: Record<string, string> = { PORT: String(port) };
    if (topics) Object.assign(env, { KAFKA_BROKERS: testKafkaBrokers().join(','), KAFKA_TOPIC_PREFIX: topics.prefix });
    const isIngress = name === 'ingress';
    if (isIngress) {
      env.MANAGEMENT_PORT = String(managementPort);
      env.DATABASE_URL = connections.database.url;
      env.CLAIMWIRE_KEYRING = connections.keyringText;
    }
    const service = await ServiceProcess.start({
      script: isIngress ? `apps/ingress-${scheme.provider}/dist/main.js` : BASELINE,
      env,
      readyUrl: `http://127.0.0.1:${isIngress ? managementPort : port}/readyz`,
      profileTo: name === 'bare' || profileTo === null ? null : `${profileTo}/${name}`,
    });
    return new Target({ name, port, service, topics, topic: rawTopic(scheme.provider) });
  }

  get name(): TargetName {
    return this.parts.name;
  }

  /** @returns bytes, or null where the system does not say */
  async memory(): Promise<number | null> {
    return (await this.parts.service.usage())?.rssBytes ?? null;
  }

  /** @throws Error when an answer is not 202 */
  async measure(generator: LoadGenerator, job: Omit<Job, 'port'>): Promise<Sample> {
    const { service, port, name } = this.parts;
    const before = await service.usage();
    const { statuses, perSecond, latencies } = await generator.run({ ...job, port });
    const after = await service.usage();
    const { [ACCEPTED]: accepted = 0, ...others } = statuses;
    if (Object.keys(others).length > 0) throw new Error(`${name} did not accept all: ${JSON.stringify(statuses)}`);
    this.accepted += accepted;
    const cpuSeconds = before && after ? after.cpuSeconds - before.cpuSeconds : null;
    const { p50, p99, p999, max } = latencies;
    const cpuMicros = cpuSeconds === null ? null : (cpuSeconds / accepted) * PER_SECOND_MICROS;
    return { perSecond, p50, p99, p999, max, cpuMicros };
  }

  /** @throws Error unless the topic holds exactly what was accepted */
  async verify(): Promise<number> {
    const { topics, topic, name } = this.parts;
    if (topics === null) return this.accepted;
    const onTopic = await topics.count(topic);
    if (onTopic !== this.accepted) {
      throw new Error(`${name} accepted ${this.accepted} and ${topic} holds ${onTopic}`);
    }
    return onTopic;
  }

  async stop(): Promise<void> {
    await this.parts.service.stop();
    await this.parts.topics?.remove();
  }
}
