import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@claimwire/postgres';
import { freePorts } from '@claimwire/testkit';
import { brokerUsage } from '../machine/broker-usage.js';
import { ServiceProcess } from '../machine/service-process.js';
import { SessionClock } from './session-clock.js';

export interface ScaleResult {
  replicas: number;
  perSecond: number;
  /** CPU seconds per million, of all replicas together; null where the process is not on this machine. */
  cpuPerMillion: { replicas: number | null; postgres: number | null; broker: number | null };
  /** What part of the work each replica did, of 1, least first. */
  shares: number[];
}

interface Replica {
  service: ServiceProcess;
  managementUrl: string;
}

export interface Work {
  total: number;
  /** How much of `total` is done. */
  done: () => Promise<number>;
  /** Brings the work; the replicas stand ready. */
  begin: () => Promise<void>;
  pool: Pool;
  /** Metric whose samples' sum is what one replica has done. */
  metric: string;
}

const POLL_MS = 250;
const STALL_MS = 180_000;
const MILLION = 1_000_000;

/** Several processes of one app that share its work. */
export class ReplicaGroup {
  private constructor(private readonly replicas: readonly Replica[]) {}

  /** All at once, and ready: each is a member of its group. */
  static async start(app: string, count: number, envOf: (index: number) => Record<string, string>) {
    const ports = await freePorts(count);
    const starting = ports.map(async (port, index) => {
      const managementUrl = `http://127.0.0.1:${port}`;
      const service = await ServiceProcess.start({
        script: `apps/${app}/dist/main.js`,
        env: { ...envOf(index), MANAGEMENT_PORT: String(port) },
        readyUrl: `${managementUrl}/readyz`,
      });
      return { service, managementUrl };
    });
    const started = await Promise.allSettled(starting);
    const failed = started.find((one) => one.status === 'rejected');
    const group = new ReplicaGroup(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    if (!failed) return group;
    await group.stop();
    throw failed.reason;
  }

  /** From the moment that the work comes to its end. @throws Error when one ends, or nothing moves any more */
  async measure({ total, done, begin, pool, metric }: Work): Promise<ScaleResult> {
    const sessions = new SessionClock(pool);
    const cpu = async () => ({
      replicas: await this.cpuSeconds(),
      postgres: await sessions.look(),
      broker: (await brokerUsage())?.cpuSeconds ?? null,
    });
    const before = { at: performance.now(), cpu: await cpu(), own: await this.amounts(metric) };
    await begin();
    await this.untilDone(total, done, sessions);
    const seconds = (performance.now() - before.at) / 1_000;
    const after = { cpu: await cpu(), own: await this.amounts(metric) };
    const per = (of: keyof ScaleResult['cpuPerMillion']) => {
      const [from, to] = [before.cpu[of], after.cpu[of]];
      return from === null || to === null ? null : ((to - from) / total) * MILLION;
    };
    const own = after.own.map((value, index) => value - (before.own[index] ?? 0));
    const sum = own.reduce((all, value) => all + value, 0);
    return {
      replicas: this.replicas.length,
      perSecond: total / seconds,
      cpuPerMillion: { replicas: per('replicas'), postgres: per('postgres'), broker: per('broker') },
      shares: own.map((value) => value / sum).toSorted((a, b) => a - b),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map(({ service }) => service.stop()));
  }

  private async untilDone(total: number, done: () => Promise<number>, sessions: SessionClock): Promise<void> {
    let last = { amount: -1, at: performance.now() };
    for (;;) {
      const amount = await done();
      if (amount >= total) return;
      if (this.replicas.some(({ service }) => !service.running)) throw new Error('a replica ended');
      if (amount !== last.amount) last = { amount, at: performance.now() };
      if (performance.now() - last.at > STALL_MS) throw new Error(`nothing moves at ${amount} of ${total}`);
      await sessions.look();
      await sleep(POLL_MS);
    }
  }

  private async cpuSeconds(): Promise<number | null> {
    const usages = await Promise.all(this.replicas.map(({ service }) => service.usage()));
    return usages.every((usage) => usage !== null) ? usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) : null;
  }

  private amounts(metric: string): Promise<number[]> {
    return Promise.all(
      this.replicas.map(async ({ managementUrl }) => {
        const text = await (await fetch(`${managementUrl}/metrics`)).text();
        const samples = text
          .split('\n')
          .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
        return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
      }),
    );
  }
}
