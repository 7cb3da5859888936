import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_TOPIC, QUARANTINE_TOPIC, rawTopic } from '@claimwire/contracts';
import { errorCode, KafkaPublisher, readMessages, type KafkaHandle, type PublishResult } from '@claimwire/kafka';
import { curacelVetted } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cairTraffic } from './claim-traffic.js';
import { DeliveryReceiver } from './delivery-receiver.js';
import { eventually } from './eventually.js';
import { canRunOwnBroker } from './own-broker.js';
import { SecuredKafka } from './secured-kafka.js';
import { type AppName, System } from './system.js';
import { type Connection, sampleAuths, send, Tenant, type WebhookAnswer } from './tenant.js';

const APPS: readonly AppName[] = ['api', 'ingress-cair', 'ingress-curacel', 'normalizer', 'fanout'];
const SENDERS = 4;
const NO_REFUSAL_AFTER_MS = 10_000;
const REFUSED_WITHIN_MS = 10_000;
/** `CHAOS_BROKERS=all` kills all three, one after the other, each restarted before the next. */
const EVERY_BROKER = process.env.CHAOS_BROKERS === 'all';
if (!EVERY_BROKER) console.info('SHORT: kills one of three brokers; CHAOS_BROKERS=all kills each in turn (3 minutes).');

interface Answered extends WebhookAnswer {
  /** Key of the claim that it was about. */
  claim: string;
  /** performance.now() when the answer had come. */
  at: number;
}

describe.skipIf(!canRunOwnBroker())('three brokers with TLS, SCRAM and a principal for each app', () => {
  let kafka: SecuredKafka;
  let system: System;
  let receiver: DeliveryReceiver;
  let connections: { cair: Connection; curacel: Connection };

  beforeAll(async () => {
    kafka = await SecuredKafka.start();
    const secured = async ({ KAFKA_TOPIC_PREFIX = '' }: Record<string, string>) => {
      await kafka.grant(KAFKA_TOPIC_PREFIX);
      return kafka.env;
    };
    system = await System.start(APPS, secured, (app) => kafka.identity(app));
    receiver = await DeliveryReceiver.start();
    const tenant = await Tenant.create(system, 'cluster');
    const { cair, curacel } = sampleAuths();
    connections = { cair: await tenant.connect('cair', cair), curacel: await tenant.connect('curacel', curacel) };
    await tenant.subscribe(receiver.url, { concurrency: 20 });
  }, 180_000);

  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
    await kafka?.stop();
  });

  const as = (process: string): KafkaHandle => kafka.handle(system.topicPrefix, kafka.as(`claimwire-${process}`));

  const write = async (handle: KafkaHandle, topic: string, deadlineMs = 30_000): Promise<PublishResult> => {
    const publisher = new KafkaPublisher(handle, { deadlineMs });
    return publisher.publish({ topic, key: 'k', value: '{}', headers: {} }).finally(() => publisher.stop());
  };

  /** @returns why; who may not even see a topic waits for it until the deadline */
  const refusal = (handle: KafkaHandle, topic: string): Promise<string> =>
    write(handle, topic, REFUSED_WITHIN_MS).then(() => 'it was written', errorCode);

  it('lets nobody do what is not theirs', async () => {
    const cair = as('ingress-cair');
    const { partition } = await write(cair, QUARANTINE_TOPIC);
    const refusals = await Promise.all([
      refusal(cair, rawTopic('curacel')),
      refusal(as('fanout'), EVENTS_TOPIC),
      refusal(as('normalizer'), rawTopic('cair')),
      refusal(as('stedi-reports'), rawTopic('stedi')),
    ]);
    expect(new Set(refusals)).toEqual(new Set(['TOPIC_AUTHORIZATION_FAILED']));
    const reading = (handle: KafkaHandle, topic: string): Promise<unknown> =>
      readMessages(handle, topic, [{ partition, offset: 0n }]).then(() => 'it was read', errorCode);
    expect(await reading(cair, rawTopic('curacel'))).toBe('TOPIC_AUTHORIZATION_FAILED');
    // The latter is what kafkajs makes of the refusal to look for a group.
    expect(await reading(cair, QUARANTINE_TOPIC)).toMatch(/GROUP_AUTHORIZATION_FAILED|GroupCoordinatorNotFound/);
  });

  it('knows a client by its certificate, or by an OAuth token, as well as by its password', async () => {
    const { cluster } = kafka;
    const { certificate: cert, key } = cluster.authority.issue('claimwire-ingress-cair');
    const tls = { ca: cluster.authority.certificate, cert, key };
    const byCertificate = kafka.handle(system.topicPrefix, { brokers: cluster.mutualBrokers, tls });
    await write(byCertificate, rawTopic('cair'));
    const byToken = kafka.handle(system.topicPrefix, await kafka.withToken('ingress-curacel'));
    await write(byToken, rawTopic('curacel'));
    const refusals = [refusal(byCertificate, rawTopic('curacel')), refusal(byToken, rawTopic('cair'))];
    expect(new Set(await Promise.all(refusals))).toEqual(new Set(['TOPIC_AUTHORIZATION_FAILED']));
  });

  it('loses nothing that was acknowledged when a broker is killed under load, and refuses nothing 10 s later', async () => {
    const load = new Load(connections);
    await sleep(2_000);
    for (const broker of EVERY_BROKER ? kafka.cluster.brokers : [await coordinator()]) {
      await kafka.cluster.kill(broker);
      const killedAt = performance.now();
      await sleep(NO_REFUSAL_AFTER_MS + 3_000);
      const refused = load.answers.filter(({ status }) => status !== 202);
      expect(refused.filter(({ at }) => at > killedAt + NO_REFUSAL_AFTER_MS)).toEqual([]);
      await kafkaTakesEventsAgain();
      if (EVERY_BROKER) await kafka.cluster.restart(broker);
    }
    await load.stop();
    await everythingDelivered(load);
    for (const app of APPS) {
      expect((await fetch(`${system.apps[app].managementUrl}/livez`)).status, system.apps[app].log()).toBe(200);
    }
  }, 300_000);

  /** The broker whose death hurts most: it keeps the normaliser's group, and leads a third of the partitions. */
  const coordinator = (): Promise<string> => kafka.coordinatorOf(`${system.topicPrefix}claimwire-normalizer`);

  const kafkaTakesEventsAgain = async (): Promise<void> => {
    for (const app of ['ingress-cair', 'ingress-curacel'] as const) {
      const gauges = ['claimwire_ingress_publish_circuit_open', 'claimwire_ingress_spool_rows'];
      await eventually(
        `${app} has nothing in its spool`,
        async () => {
          const page = await (await fetch(`${system.apps[app].managementUrl}/metrics`)).text();
          return gauges.every((name) => page.includes(`\n${name} 0\n`)) || undefined;
        },
        90_000,
      );
    }
  };

  const everythingDelivered = async ({ answers }: Load): Promise<void> => {
    const accepted = new Map(
      answers.filter(({ status }) => status === 202).map(({ claim, body }) => [String(body.id), claim]),
    );
    const expected = Map.groupBy(accepted, ([, claim]) => claim);
    await eventually(
      'every acknowledged event delivered',
      () => {
        const versions = firstVersions(receiver);
        const short = [...expected].filter(([claim, events]) => (versions.get(claim)?.length ?? 0) < events.length);
        if (short.length > 0) throw new Error(`${short.length} of ${expected.size} claims lack deliveries`);
        return true;
      },
      90_000,
    );
    for (const [claim, versions] of firstVersions(receiver)) {
      expect(versions, claim).toEqual(versions.map((_, index) => index + 1));
    }
    expect(accepted.size).toBeGreaterThan(SENDERS * 50);
  };
});

/** Versions of each claim, in the order in which each came first. */
function firstVersions({ deliveries }: DeliveryReceiver): Map<string, number[]> {
  const versions = new Map<string, Set<number>>();
  for (const { event } of deliveries) {
    const of = versions.get(event.claimKey) ?? new Set();
    versions.set(event.claimKey, of.add(event.version));
  }
  return new Map([...versions].map(([claim, of]) => [claim, [...of]]));
}

/** Two providers' webhooks, one after the other from several senders, until it is stopped. */
class Load {
  readonly answers: Answered[] = [];
  private sending = true;
  private claims = 0;
  private readonly senders: Promise<unknown>;

  constructor(private readonly connections: { cair: Connection; curacel: Connection }) {
    this.senders = Promise.all(Array.from({ length: SENDERS }, () => this.send()));
    // reported by stop()
    this.senders.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.sending = false;
    await this.senders;
  }

  private async send(): Promise<void> {
    while (this.sending) {
      const { claimIds, bodies } = cairTraffic(1, ++this.claims);
      for (const body of bodies) await this.post('cair', `cluster/cair/${claimIds[0]}`, body);
      const id = this.claims;
      await this.post('curacel', `cluster/curacel/${id}`, curacelVetted({ id }));
    }
  }

  private async post(provider: 'cair' | 'curacel', claim: string, body: object): Promise<void> {
    const answer = await send(provider, this.connections[provider], body);
    this.answers.push({ ...answer, claim, at: performance.now() });
    await sleep(20);
  }
}
