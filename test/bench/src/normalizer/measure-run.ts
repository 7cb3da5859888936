import { setTimeout as sleep } from 'node:timers/promises';
import { brokerUsage } from '../machine/broker-usage.js';
import type { Usage } from '../machine/process-usage.js';
import type { CpuSeconds, RoundResult } from './contender.js';

export interface Run {
  /** False once the process has ended. */
  running(): boolean;
  usage(): Promise<Usage | null>;
  postgresSeconds(): Promise<number | null>;
  /** How much of `total` is done, in the contender's own unit. */
  progress(): Promise<number>;
  total: number;
  /** Looked at once all progress is made: what is still under way then. */
  finished(): Promise<boolean>;
  events: number;
}

const POLL_MS = 25;
const STALL_MS = 60_000;
const TEN_THOUSAND = 10_000;
/** Boot, group join and the first compilations are left out, for everybody. */
const WARM_UP_SHARE = 0.1;
const MIB = 1024 ** 2;

/** @throws Error when the process ends, or when nothing moves for a minute */
async function waitUntil(run: Run, done: () => Promise<boolean>, seen: () => number): Promise<void> {
  let last = { seen: seen(), at: performance.now() };
  while (!(await done())) {
    if (!run.running()) throw new Error('the process ended');
    if (seen() !== last.seen) last = { seen: seen(), at: performance.now() };
    if (performance.now() - last.at > STALL_MS) throw new Error('the process stands still');
    await sleep(POLL_MS);
  }
}

const cpuOf = async (run: Run): Promise<CpuSeconds> => ({
  process: (await run.usage())?.cpuSeconds ?? null,
  postgres: await run.postgresSeconds(),
  broker: (await brokerUsage())?.cpuSeconds ?? null,
});

/** The clock runs from a tenth of the work to its end. */
export async function measureRun(run: Run): Promise<Omit<RoundResult, 'notes'>> {
  let seen = 0;
  const reaches = (amount: number) => async () => (seen = await run.progress()) >= amount;
  const look = () => seen;
  await waitUntil(run, reaches(run.total * WARM_UP_SHARE), look);
  const first = { seen, at: performance.now(), cpu: await cpuOf(run) };
  await waitUntil(run, reaches(run.total), look);
  await waitUntil(run, () => run.finished(), look);
  const seconds = (performance.now() - first.at) / 1_000;
  const events = (run.events * (run.total - first.seen)) / run.total;
  const last = await cpuOf(run);
  const per10k = (of: keyof CpuSeconds): number | null => {
    const [after, before] = [last[of], first.cpu[of]];
    return after === null || before === null ? null : ((after - before) / events) * TEN_THOUSAND;
  };
  const usage = await run.usage();
  return {
    eventsPerSecond: events / seconds,
    cpuSecondsPer10k: { process: per10k('process'), postgres: per10k('postgres'), broker: per10k('broker') },
    rssMiB: usage && usage.rssBytes / MIB,
  };
}
