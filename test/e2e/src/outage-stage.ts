import { cairStatusChange, TcpProxy } from '@claimwire/testkit';
import { expect } from 'vitest';
import { eventually } from './eventually.js';
import { OwnBroker } from './own-broker.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant, type WebhookAnswer } from './tenant.js';

/** An API and an ingress for CAIR, with a broker of their own and a way to the database that a test can break. */
export class OutageStage {
  private constructor(
    readonly broker: OwnBroker,
    readonly database: TcpProxy,
    readonly system: System,
    readonly connection: Connection,
  ) {}

  static async start(): Promise<OutageStage> {
    const broker = await OwnBroker.start();
    let database: TcpProxy | undefined;
    const system = await System.start(['api', 'ingress-cair'], async ({ DATABASE_URL = '' }) => {
      const url = new URL(DATABASE_URL);
      database = await TcpProxy.start(Number(url.port));
      url.port = String(database.port);
      return { DATABASE_URL: url.href, KAFKA_BROKERS: broker.brokers.join() };
    });
    const tenant = await Tenant.create(system, 'outage');
    const connection = await tenant.connect('cair', sampleAuths().cair);
    const stage = new OutageStage(broker, database!, system, connection);
    await stage.expectStored([await stage.post()]);
    return stage;
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.database.stop();
    await this.broker.stop();
  }

  /** A genuine event of its own. @param more members of its body */
  post(more: object = {}): Promise<WebhookAnswer> {
    return send('cair', this.connection, { ...cairStatusChange(), ...more });
  }

  /** @param env for this life of the process only */
  async restartIngress(env: Record<string, string> = {}): Promise<void> {
    const ingress = this.system.apps['ingress-cair'];
    await ingress.kill();
    await ingress.start(env);
    await ingress.ready();
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.system.apps['ingress-cair'].managementUrl}/metrics`)).text();
  }

  /** The value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(await this.metrics()) ?? [];
    if (value === undefined) throw new Error(`there is no metric ${name}`);
    return Number(value);
  }

  /** Every one was acknowledged, and is on the topic. */
  async expectStored(answers: readonly WebhookAnswer[]): Promise<void> {
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    // A reader that lived through the outage would be one more thing that fails.
    const topic = new TopicReader(this.system.topicPrefix, 'claims.raw.cair.v1', this.broker.brokers);
    await eventually('every acknowledged event on the topic', () => {
      const found = new Set(topic.messages.map(({ headers }) => headers['ce_id']!.toString()));
      const missing = answers.filter(({ body }) => !found.has(String(body.id)));
      if (missing.length > 0) throw new Error(`${missing.length} of ${answers.length} events are not on the topic`);
      return true;
    }).finally(() => topic.stop());
  }

  async recovered(): Promise<void> {
    await eventually('Kafka acknowledges again', async () => {
      const { status } = await this.post();
      return status === 202 && (await this.metric('claimwire_ingress_publish_circuit_open')) === 0 ? true : undefined;
    });
  }
}

/** Each was told to send the event again, and when. */
export function expectRefusedForNow(answers: readonly WebhookAnswer[]): void {
  for (const { status, headers } of answers) {
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
}
