import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { expectRefusedForNow, OutageStage } from './outage-stage.js';
import { canRunOwnBroker } from './own-broker.js';
import type { WebhookAnswer } from './tenant.js';

const PAUSE_MS = Number(process.env.CHAOS_PAUSE_MS ?? 10_000);
const SENDERS = 8;
/** Stedi waits 5 s. */
const LONGEST_ANSWER_MS = 5_000;
/** Each way: an acknowledgement takes longer than a request waits (4 s), and comes all the same. */
const SLOW_MS = 2_500;

const MIB = 1024 * 1024;
const FLOOD = { senders: 48, bodyBytes: MIB / 4, forMs: 7_000, maxInFlightBytes: 4 * MIB };
/** Far above what the bound and a garbage collector need, far below what a flood of such bodies would pile up. */
const MOST_MEMORY_BYTES = 320 * MIB;

describe.skipIf(!canRunOwnBroker())('an ingress whose stores fail', () => {
  let stage: OutageStage;
  beforeAll(async () => {
    stage = await OutageStage.start();
  });
  afterAll(() => stage.stop());
  afterEach(() => stage.recovered());

  /** Sends until `during` is over. */
  const underLoad = async (
    senders: number,
    post: () => Promise<WebhookAnswer>,
    during: () => Promise<void>,
  ): Promise<{ answers: WebhookAnswer[]; slowestMs: number }> => {
    const answers: WebhookAnswer[] = [];
    let slowestMs = 0;
    let sending = true;
    const sender = async (): Promise<void> => {
      while (sending) {
        const from = performance.now();
        answers.push(await post());
        slowestMs = Math.max(slowestMs, performance.now() - from);
        await sleep(5);
      }
    };
    const load = Promise.all(Array.from({ length: senders }, sender));
    await during();
    sending = false;
    await load;
    return { answers, slowestMs };
  };

  const post = (): Promise<WebhookAnswer> => stage.post();
  const posts = (count: number): Promise<WebhookAnswer[]> => Promise.all(Array.from({ length: count }, post));

  it('answers 202 in time under load while the broker is paused, and every event is on the topic afterwards', async () => {
    const { answers, slowestMs } = await underLoad(SENDERS, post, async () => {
      await sleep(500);
      stage.broker.pause();
      await sleep(PAUSE_MS);
      stage.broker.resume();
      await sleep(1_000);
    });
    expect(slowestMs).toBeLessThan(LONGEST_ANSWER_MS);
    // The senders did not just stand still for the pause.
    expect(answers.length).toBeGreaterThan(SENDERS * 50);
    expect(await stage.metric('claimwire_ingress_spooled_total')).toBeGreaterThan(0);
    await stage.expectStored(answers);
    await eventually('the spool is empty', async () =>
      (await stage.metric('claimwire_ingress_spool_rows')) === 0 ? true : undefined,
    );
  });

  it('does not wait for a broker that is slower than the deadline, and loses nothing by that', async () => {
    const before = await stage.metric('claimwire_ingress_spooled_total');
    stage.broker.proxy.slow(SLOW_MS);
    const answers = await posts(20);
    expect(await stage.metric('claimwire_ingress_spooled_total')).toBeGreaterThan(before);
    const meanwhile = await posts(20);
    expect(await stage.metric('claimwire_ingress_publish_circuit_open')).toBe(1);
    stage.broker.proxy.slow(0);
    await stage.expectStored([...answers, ...meanwhile]);
  });

  it('keeps what it acknowledged through a full disk, which ends the broker, and through its own death', async () => {
    const before = await posts(10);
    stage.broker.fillDisk();
    const full = await posts(50);
    await stage.broker.ended();
    const dead = await posts(50);
    await stage.restartIngress();
    await stage.broker.restart();
    await stage.expectStored([...before, ...full, ...dead]);
  });

  it('answers 503 with Retry-After while both stores are away, and 202 again afterwards', async () => {
    stage.broker.pause();
    const spooled = await post();
    stage.database.cut();
    expectRefusedForNow(await posts(10));
    stage.database.mend();
    const again = await eventually('the spool takes events again', async () => {
      const answer = await post();
      return answer.status === 202 ? answer : undefined;
    });
    stage.broker.resume();
    await stage.expectStored([spooled, again]);
  });

  it('does not need PostgreSQL while Kafka acknowledges, not even one that hangs', async () => {
    stage.database.pause();
    const answers = await posts(20);
    stage.database.resume();
    await stage.expectStored(answers);
  });

  it('stays within its memory and answers 503 while both stores hang under a flood, and goes on afterwards', async () => {
    await stage.restartIngress({
      MAX_IN_FLIGHT_BYTES: String(FLOOD.maxInFlightBytes),
      PUBLISH_DEADLINE_MS: '500',
      SPOOL_DEADLINE_MS: '100',
    });
    const stored = await posts(5);
    stage.broker.pause();
    stage.database.pause();
    const padding = 'x'.repeat(FLOOD.bodyBytes);
    const held: number[] = [];
    const memory: number[] = [];
    const { answers } = await underLoad(
      FLOOD.senders,
      () => stage.post({ padding }),
      async () => {
        const until = performance.now() + FLOOD.forMs;
        while (performance.now() < until) {
          held.push(await stage.metric('claimwire_ingress_bytes_in_flight'));
          const parts = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'];
          const bytes = await Promise.all(parts.map((name) => stage.metric(name)));
          memory.push(bytes.reduce((sum, part) => sum + part, 0));
          await sleep(200);
        }
      },
    );
    expectRefusedForNow(answers);
    // The flood did reach the bound, and was turned away there.
    expect(answers.some(({ body }) => String(body.detail).includes('overloaded'))).toBe(true);
    expect(Math.max(...held)).toBeLessThanOrEqual(FLOOD.maxInFlightBytes);
    expect(Math.max(...memory)).toBeLessThan(MOST_MEMORY_BYTES);
    stage.database.resume();
    const spooled = await eventually('the spool takes events again', async () => {
      const answer = await post();
      return answer.status === 202 ? answer : undefined;
    });
    stage.broker.resume();
    await stage.expectStored([...stored, spooled]);
    expect(await stage.metric('claimwire_ingress_bytes_in_flight')).toBe(0);
  });
});
