import { setTimeout as sleep } from 'node:timers/promises';
import { cairStatusChange, TcpProxy } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { canRunOwnBroker, OwnBroker } from './own-broker.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant, type WebhookAnswer } from './tenant.js';

const PAUSE_MS = Number(process.env.CHAOS_PAUSE_MS ?? 10_000);
const SENDERS = 8;
/** Stedi waits 5 s. */
const LONGEST_ANSWER_MS = 5_000;

describe.skipIf(!canRunOwnBroker())('an ingress whose stores fail', () => {
  let broker: OwnBroker;
  let database: TcpProxy;
  let system: System;
  let connection: Connection;

  beforeAll(async () => {
    broker = await OwnBroker.start();
    system = await System.start(['api', 'ingress-cair'], async ({ DATABASE_URL = '' }) => {
      const url = new URL(DATABASE_URL);
      database = await TcpProxy.start(Number(url.port));
      url.port = String(database.port);
      return { DATABASE_URL: url.href, KAFKA_BROKERS: broker.brokers.join() };
    });
    const tenant = await Tenant.create(system, 'outage');
    connection = await tenant.connect('cair', sampleAuths().cair);
    await expectStored([await post()]);
  });

  afterAll(async () => {
    await system.stop();
    await database.stop();
    await broker.stop();
  });

  afterEach(async () => {
    await eventually('Kafka acknowledges again', async () => {
      const { status } = await post();
      const metrics = await metricsOf();
      return status === 202 && metrics.includes('publish_circuit_open 0') ? true : undefined;
    });
  });

  const post = (): Promise<WebhookAnswer> => send('cair', connection, cairStatusChange());

  const metricsOf = async (): Promise<string> =>
    (await fetch(`${system.apps['ingress-cair'].managementUrl}/metrics`)).text();

  const expectStored = async (answers: readonly WebhookAnswer[]): Promise<void> => {
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    // A reader that lived through the outage would be one more thing that fails.
    const topic = new TopicReader(system.topicPrefix, 'claims.raw.cair.v1', broker.brokers);
    await eventually('every acknowledged event on the topic', () => {
      const found = new Set(topic.messages.map(({ headers }) => headers['ce_id']!.toString()));
      const missing = answers.filter(({ body }) => !found.has(String(body.id)));
      if (missing.length > 0) throw new Error(`${missing.length} of ${answers.length} events are not on the topic`);
      return true;
    }).finally(() => topic.stop());
  };

  it('answers 202 in time under load while the broker is paused, and every event is on the topic afterwards', async () => {
    const answers: WebhookAnswer[] = [];
    const took: number[] = [];
    let sending = true;
    const sender = async (): Promise<void> => {
      while (sending) {
        const from = performance.now();
        answers.push(await post());
        took.push(performance.now() - from);
        await sleep(5);
      }
    };
    const load = Promise.all(Array.from({ length: SENDERS }, sender));
    await sleep(500);
    broker.pause();
    await sleep(PAUSE_MS);
    broker.resume();
    await sleep(1_000);
    sending = false;
    await load;
    expect(Math.max(...took)).toBeLessThan(LONGEST_ANSWER_MS);
    // The senders did not just stand still for the pause.
    expect(answers.length).toBeGreaterThan(SENDERS * 50);
    expect(await metricsOf()).toMatch(/claimwire_ingress_spooled_total [1-9]/);
    await expectStored(answers);
    await eventually('the spool is empty', async () =>
      (await metricsOf()).includes('claimwire_ingress_spool_rows 0') ? true : undefined,
    );
  });

  it('keeps what it acknowledged through the death of the broker and its own', async () => {
    await broker.kill();
    const answers = await Promise.all(Array.from({ length: 50 }, post));
    const ingress = system.apps['ingress-cair'];
    await ingress.kill();
    await ingress.start();
    await ingress.ready();
    await broker.restart();
    await expectStored(answers);
  });

  it('answers 503 with Retry-After while both stores are away, and 202 again afterwards', async () => {
    broker.pause();
    const spooled = await post();
    database.cut();
    const refused = await Promise.all(Array.from({ length: 10 }, post));
    for (const { status, headers } of refused) {
      expect(status).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    database.mend();
    const again = await eventually('the spool takes events again', async () => {
      const answer = await post();
      return answer.status === 202 ? answer : undefined;
    });
    broker.resume();
    await expectStored([spooled, again]);
  });
});
