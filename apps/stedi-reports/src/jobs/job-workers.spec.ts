import { HealthRegistry } from '@claimwire/service-host';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import type { StediReportsConfig } from '../config.js';
import type { Job } from './job.js';
import type { ReportPublisher } from '../report-publisher.js';
import type { JobQueue, TakenTurn } from './job-queue.js';
import type { JobRunner } from './job-runner.js';
import { JobWorkers } from './job-workers.js';

const NEVER_MS = 3_600_000;

it('looks on after a turn that gave no jobs: another connection may have some', async () => {
  const job = { headers: { tenant: 'acme', connection: 'con_fine' } } as Job;
  const turns: (TakenTurn | null)[] = [
    { jobs: [], known: new Map(), readyInMs: 0 },
    { jobs: [job], known: new Map(), readyInMs: 0 },
  ];
  const queue = { takeTurn: async () => turns.shift() ?? null } as unknown as JobQueue;
  const run = vi.fn<JobRunner['run']>(async () => true);
  // The poll that would find it later never comes.
  const config = { FETCH_CONCURRENCY: 4, JOB_POLL_MS: NEVER_MS, JOB_LEASE_MS: 1 } as StediReportsConfig;
  const publisher = { handle: {} } as ReportPublisher;
  const runner = { run } as unknown as JobRunner;
  const workers = new JobWorkers(queue, runner, config, new HealthRegistry(), pino({ level: 'silent' }), publisher);
  workers.onApplicationBootstrap();
  await vi.waitFor(() => expect(run.mock.calls.map(([taken]) => taken)).toEqual([job]));
  await workers.beforeApplicationShutdown();
});
