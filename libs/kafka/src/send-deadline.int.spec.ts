import { setTimeout as sleep } from 'node:timers/promises';
import { testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyTopics, createKafka, logRanges, type KafkaHandle } from './index.js';
import { sendBefore } from './send-deadline.js';

const TOPIC = 'in-time';
let handle: KafkaHandle;

beforeAll(async () => {
  const logger = { warn: () => undefined };
  handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: testTopicPrefix(), logger });
  await applyTopics(handle, [{ name: TOPIC, partitions: 1, config: {} }], { replication: 1, minInsync: 1 });
});

afterAll(() => handle.close());

/** Holds the process up as a pause does, between the decision to send and the write. */
function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a send that has a deadline', () => {
  it('writes nothing after it, tells so, and does not hold up the next one', async () => {
    const producer = handle.producer();
    await producer.connect();
    const send = (value: string) =>
      producer.sendBatch({ topicMessages: [{ topic: handle.topic(TOPIC), messages: [{ value }] }] });
    await sendBefore(performance.now() + 10_000, () => send('in time'));
    const late = sendBefore(performance.now() + 20, () => {
      const sending = send('late');
      holdUp(50);
      return sending;
    });
    await expect(late).rejects.toMatchObject({ code: 'publish_timeout' });
    await sleep(50);
    await send('without one');
    expect((await logRanges(handle, TOPIC)).get(0)?.high).toBe(2n);
    await producer.disconnect();
  });
});
