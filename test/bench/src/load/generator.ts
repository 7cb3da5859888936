import type { Job, Report } from './job.js';
import { RequestPool } from './request-pool.js';
import { runJob } from './run-job.js';

/** Tokens and signed times in the requests grow old: a Standard Webhooks timestamp is taken for five minutes. */
const FRESH_MS = 120_000;

const pools = new Map<string, RequestPool>();

function poolOf({ traffic, seconds }: Job): RequestPool {
  const known = pools.get(traffic.name);
  if (known && Date.now() - known.madeAt + seconds * 1_000 < FRESH_MS) return known;
  const made = new RequestPool(traffic);
  pools.set(traffic.name, made);
  return made;
}

const report = (message: Report): void => void process.send?.(message);

/** The load generator's process: one job at a time, handed over by the parent. */
process.on('message', (job: Job) => {
  runJob(job, poolOf(job)).then(
    (result) => report({ result }),
    (error: Error) => report({ error: error.message }),
  );
});
