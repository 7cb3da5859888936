import type { ClaimState } from '@claimwire/contracts';
import { BatchConsumer, type Batch } from '@claimwire/kafka';
import type { BenchTopics } from '../machine/topics.js';

const DEADLINE_MS = 120_000;

/**
 * The newest state of each claim on a topic of states; markers of transactions make its offsets useless for counting, so it
 * reads until it has seen as many committed messages as there are events.
 */
export async function readStates(
  topics: BenchTopics,
  topic: string,
  messages: number,
): Promise<Map<string, ClaimState>> {
  const states = new Map<string, ClaimState>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let seen = 0;
  const handler = async (batch: Batch): Promise<void> => {
    for (const { value } of batch.messages) {
      const state = JSON.parse(String(value)) as ClaimState;
      if (state.version > (states.get(state.claimKey)?.version ?? 0)) states.set(state.claimKey, state);
      seen += 1;
    }
    if (seen >= messages) resolve();
  };
  const consumer = new BatchConsumer(topics.handle, {
    consumer: `read-${topic}`,
    topics: [topic],
    handler,
    onCrash: reject,
  });
  const timer = setTimeout(() => reject(new Error(`${seen} of ${messages} states are on ${topic}`)), DEADLINE_MS);
  consumer.start();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    await consumer.stop();
  }
  return states;
}
