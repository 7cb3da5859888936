import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../stats/statistics.js';
import { HttpConnection } from './http-connection.js';
import type { Job, LoadResult } from './job.js';
import type { RequestPool } from './request-pool.js';

/** What came back. */
class Tally {
  readonly statuses: Record<string, number> = {};
  private readonly latencies: number[] = [];

  count(status: number, latencyMs: number): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    this.latencies.push(latencyMs);
  }

  result(elapsedMs: number): LoadResult {
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (percent: number) => percentile(sorted, percent);
    const latencies = { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: at(100) };
    return { statuses: this.statuses, perSecond: (sorted.length / elapsedMs) * 1_000, latencies };
  }
}

interface Run {
  connections: readonly HttpConnection[];
  pool: RequestPool;
  tally: Tally;
}

/** Each connection sends its next request when it has its answer. */
async function asFastAsAnswered({ connections, pool, tally }: Run, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  const keepSending = async (connection: HttpConnection): Promise<void> => {
    for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
      const status = await connection.send(pool.next());
      tally.count(status, performance.now() - sentAt);
    }
  };
  await Promise.all(connections.map(keepSending));
}

/** A request every 1/rate seconds; one that finds no idle connection waits, and its waiting counts. */
async function atRate({ connections, pool, tally }: Run, seconds: number, rate: number): Promise<void> {
  const startedAt = performance.now();
  const total = Math.round(seconds * rate);
  const dueAt = (index: number): number => startedAt + (index / rate) * 1_000;
  let next = 0;
  const work = async (connection: HttpConnection): Promise<void> => {
    while (next < total) {
      const due = dueAt(next++);
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      // A timer may ring up to a millisecond early.
      const from = Math.min(due, performance.now());
      const status = await connection.send(pool.next());
      tally.count(status, performance.now() - from);
    }
  };
  await Promise.all(connections.map(work));
}

/** @throws Error when a connection fails: an answer that never came would otherwise be missing from the figures */
export async function runJob(job: Job, pool: RequestPool): Promise<LoadResult> {
  const opened = Array.from({ length: job.connections }, () => HttpConnection.open(job.port));
  const run: Run = { connections: await Promise.all(opened), pool, tally: new Tally() };
  try {
    const startedAt = performance.now();
    await (job.rate === null ? asFastAsAnswered(run, job.seconds) : atRate(run, job.seconds, job.rate));
    return run.tally.result(performance.now() - startedAt);
  } finally {
    for (const connection of run.connections) connection.close();
  }
}
