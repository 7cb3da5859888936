import { KafkaPublisher } from '@claimwire/kafka';
import { isDeepStrictEqual } from 'node:util';
import { BenchTopics } from '../machine/topics.js';
import type { Contender, RoundResult } from './contender.js';
import { rawMessage } from './raw-messages.js';
import type { Planned } from './traffic.js';

const PRELOAD_SLICE = 2_000;
const PRELOAD_DEADLINE_MS = 60_000;

/** What the ingresses left: the raw topics are full before the clock runs. */
export async function preload(topics: BenchTopics, planned: readonly Planned[]): Promise<void> {
  const publisher = new KafkaPublisher(topics.handle, { deadlineMs: PRELOAD_DEADLINE_MS });
  await publisher.start();
  for (let at = 0; at < planned.length; at += PRELOAD_SLICE) {
    await publisher.publishAll(planned.slice(at, at + PRELOAD_SLICE).map(rawMessage));
  }
  await publisher.stop();
}

/** @throws Error naming a claim that ended in different states */
function assertSame(expected: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, unknown>, name: string): void {
  if (found.size !== expected.size) throw new Error(`${name} has ${found.size} claims, not ${expected.size}`);
  for (const [claimKey, state] of expected) {
    const other = found.get(claimKey);
    if (isDeepStrictEqual(other, state)) continue;
    // generated data: it may be shown
    throw new Error(`${name} ends ${claimKey} in\n${JSON.stringify(other)}\nnot in\n${JSON.stringify(state)}`);
  }
}

/** The contenders one after another on the same full topics; what they end in must be the same. */
export async function runRound(
  planned: readonly Planned[],
  contenders: readonly Contender[],
  report: (name: string, result: RoundResult) => void,
): Promise<void> {
  const topics = await BenchTopics.create();
  try {
    await preload(topics, planned);
    const events = new Set(planned.map(({ claim, step }) => `${claim}#${step}`)).size;
    let expected: ReadonlyMap<string, unknown> | null = null;
    for (const contender of contenders) {
      const { result, states } = await contender.run({ topics, planned, events });
      if (expected) assertSame(expected, states, contender.name);
      expected ??= states;
      report(contender.name, result);
    }
  } finally {
    await topics.remove();
  }
}
