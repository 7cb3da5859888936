import { testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyTopics, createKafka, KafkaPublisher, readMessage, readMessages, type KafkaHandle } from './index.js';

const TOPIC = 'read';
let handle: KafkaHandle;
let publisher: KafkaPublisher;
/** 600 messages over three partitions; a value is its key. */
const places: { partition: number; offset: bigint; key: string }[] = [];

beforeAll(async () => {
  const logger = { warn: () => undefined };
  handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'test', topicPrefix: testTopicPrefix(), logger });
  await applyTopics(handle, [{ name: TOPIC, partitions: 3, config: {} }], { replication: 1, minInsync: 1 });
  publisher = new KafkaPublisher(handle, { deadlineMs: 10_000 });
  const keys = Array.from({ length: 600 }, (_, index) => `key-${index}`);
  const results = await Promise.all(
    keys.map((key) => publisher.publish({ topic: TOPIC, key, value: key, headers: {} })),
  );
  results.forEach(({ partition, offset }, index) =>
    places.push({ partition, offset: BigInt(offset), key: keys[index] as string }),
  );
});

afterAll(async () => {
  await publisher?.stop();
  await handle?.close();
});

describe('messages read by their places', () => {
  it('come in the order asked for, from all partitions, and null where the log has none', async () => {
    const asked = [
      ...places.filter((_, index) => index % 7 === 0).reverse(),
      { partition: 0, offset: 9_999n, key: '' },
    ];
    const read = await readMessages(handle, TOPIC, asked);
    expect(read.map((message) => message?.value?.toString() ?? '')).toEqual(asked.map(({ key }) => key));
  });

  it('may be the same place twice, one, or none', async () => {
    const [first] = places as [(typeof places)[0]];
    const twice = await readMessages(handle, TOPIC, [first, first]);
    expect(twice.map((message) => message?.key?.toString())).toEqual([first.key, first.key]);
    expect((await readMessage(handle, TOPIC, first.partition, first.offset))?.offset).toBe(first.offset);
    expect(await readMessage(handle, TOPIC, 0, 9_999n)).toBeNull();
    expect(await readMessages(handle, TOPIC, [])).toEqual([]);
  });

  it('leave no group behind', async () => {
    const { groups } = await handle.withAdmin((admin) => admin.listGroups());
    expect(groups.filter(({ groupId }) => groupId.startsWith(handle.groupId('read-')))).toEqual([]);
  });
});
