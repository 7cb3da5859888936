import { cairStatusChange } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { canRunOwnBroker, OwnBroker } from './own-broker.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant } from './tenant.js';

const ROUNDS = 5;
const EVENTS_PER_ROUND = 40;
const PRODUCE = 0;
/** A Kafka request starts with its length (4 bytes) and the number of what it asks for (2 bytes). */
const isProduce = (request: Buffer): boolean => request.length > 6 && request.readInt16BE(4) === PRODUCE;

describe.skipIf(!canRunOwnBroker())('an answer of the broker that is lost after the write', () => {
  let broker: OwnBroker;
  let system: System;
  let connection: Connection;
  let topic: TopicReader;

  beforeAll(async () => {
    broker = await OwnBroker.start();
    system = await System.start(['api', 'ingress-cair'], () => ({ KAFKA_BROKERS: broker.brokers.join() }));
    const tenant = await Tenant.create(system, 'lost-answer');
    connection = await tenant.connect('cair', sampleAuths().cair);
    topic = new TopicReader(system.topicPrefix, 'claims.raw.cair.v1', broker.brokers);
  });

  afterAll(async () => {
    await topic.stop();
    await system.stop();
    await broker.stop();
  });

  it('costs no acknowledged event, and what is there twice is so under one id with the same bytes', async () => {
    const ids: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      broker.proxy.loseAnswers(1, isProduce);
      const bodies = Array.from({ length: EVENTS_PER_ROUND }, () => cairStatusChange());
      const answers = await Promise.all(bodies.map((body) => send('cair', connection, body)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      ids.push(...answers.map(({ body }) => String(body.id)));
    }
    expect(broker.proxy.lost).toBe(ROUNDS);

    const byId = new Map<string, string[]>();
    await eventually('every acknowledged event on the topic', () => {
      byId.clear();
      for (const { headers, value } of topic.messages) {
        const id = headers['ce_id']!.toString();
        byId.set(id, [...(byId.get(id) ?? []), value!.toString()]);
      }
      return ids.every((id) => byId.has(id)) ? true : undefined;
    });
    expect(new Set(byId.keys())).toEqual(new Set(ids));
    expect(byId.size).toBe(ROUNDS * EVENTS_PER_ROUND);
    for (const values of byId.values()) expect(new Set(values).size).toBe(1);
    // The fault did strike: something was written, its acknowledgement lost, and written again.
    expect(topic.messages.length).toBeGreaterThan(byId.size);
  });
});
