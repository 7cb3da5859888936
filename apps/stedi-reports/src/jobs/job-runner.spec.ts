import { PublishTimeoutError } from '@claimwire/kafka';
import { createLogger, createMetricsRegistry, readConfig, Tracing } from '@claimwire/service-host';
import { describe, expect, it } from 'vitest';
import { StediReportsConfig } from '../config.js';
import { ReportMetrics } from '../metrics.js';
import type { ConnectionPauses } from './connection-pauses.js';
import type { Job } from './job.js';
import type { JobMoves } from './job-moves.js';
import type { JobOutcomes } from './job-outcomes.js';
import { JobRunner } from './job-runner.js';
import type { Ending, ReportProcessor } from './report-processor.js';

const JOB: Job = {
  origin: 'webhook',
  headers: {
    id: 'raw_1',
    source: '/ingress/stedi',
    type: 'stedi.transaction.processed.v2',
    time: '2026-01-02T03:04:05.678Z',
    tenant: 'acme',
    connection: 'con_1',
    contentType: 'application/json',
  },
  event: { kind: 'transaction', transactionId: 'tx-1', thin: false },
  source: null,
  sealedMessage: Buffer.alloc(0),
  attempts: 3,
  ageMs: 0,
};
const ENV = {
  KAFKA_BROKERS: 'localhost:9092',
  DATABASE_URL: 'postgres://localhost/test',
  CLAIMWIRE_KEYRING: `k1:${Buffer.alloc(32).toString('base64')}`,
  MANAGEMENT_PORT: '0',
};

/** What is written down of a try that ends so; of each note all but the job or connection, which is always the same. */
async function noted(end: () => Promise<Ending>, { job = JOB, signal = new AbortController().signal } = {}) {
  const notes: unknown[][] = [];
  const lines: string[] = [];
  const note =
    (name: string) =>
    async (...[, ...rest]: unknown[]) =>
      notes.push([name, ...rest]) > 0;
  const outcomes = { settle: note('settle'), postpone: note('postpone') } as unknown as JobOutcomes;
  const pauses = { pause: note('pause'), throttle: note('throttle') } as unknown as ConnectionPauses;
  const moves = { fromPaused: note('moveFromPaused') } as unknown as JobMoves;
  const processor = {
    process: end,
    quarantine: async (_job: Job, reason: string): Promise<Ending> => ({
      kind: 'settled',
      state: 'quarantined',
      reason,
    }),
  } as unknown as ReportProcessor;
  const config = readConfig(StediReportsConfig, ENV);
  if (!config.ok) throw new Error(config.problems.join());
  const logger = createLogger({
    name: 'test',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  const metrics = new ReportMetrics(createMetricsRegistry());
  const runner = new JobRunner(processor, outcomes, pauses, moves, config.config, metrics, logger, new Tracing());
  const brokerAnswers = await runner.run(job, undefined, signal);
  return { notes, brokerAnswers, log: lines.join('\n') };
}

const fails = (error: Error) => () => Promise.reject(error);
const between = (low: number, high: number) =>
  expect.toSatisfy((value: number) => value >= low && value <= high) as number;

describe('what is noted of a try', () => {
  it('that settled the job: its end, in one line', async () => {
    const { notes, log } = await noted(async () => ({ kind: 'settled', state: 'done', reason: '277', claims: 2 }));
    expect(notes).toEqual([['settle', 'done', '277']]);
    expect(log.split('\n').filter((line) => line.includes('report.fetched'))).toHaveLength(1);
    expect(JSON.parse(log)).toMatchObject({ outcome: 'published', claims: 2, attempts: 3, transaction: 'tx-1' });
  });

  it('that must come again: a wait that grew with the tries', async () => {
    const { notes } = await noted(async () => ({ kind: 'retry', reason: 'report_timeout' }));
    expect(notes).toEqual([['postpone', 'report_timeout', between(2_000, 4_000)]]);
  });

  it('that met the rate limit: its connection waits a moment too', async () => {
    const { notes } = await noted(async () => ({ kind: 'retry', reason: 'report_rate_limited' }));
    expect(notes.map(([name]) => name)).toEqual(['postpone', 'throttle']);
  });

  it('whose key was refused: the pause first, so that the job does not begin again before it', async () => {
    const { notes } = await noted(async () => ({ kind: 'refused', reason: 'report_forbidden', version: 'v' }));
    expect(notes).toEqual([
      ['pause', 'v', 'report_forbidden'],
      ['postpone', 'report_forbidden', 0],
      ['moveFromPaused'],
    ]);
  });

  it('that the broker did not acknowledge: again later, and no other job is worth a fetch now', async () => {
    const { notes, brokerAnswers } = await noted(fails(new PublishTimeoutError('topic', 4_000)));
    expect(notes).toEqual([['postpone', 'store_unavailable', between(2_000, 4_000)]]);
    expect(brokerAnswers).toBe(false);
  });

  it('that was given up because the process stops: at once, for another', async () => {
    const { notes } = await noted(fails(new Error('aborted')), { signal: AbortSignal.abort() });
    expect(notes).toEqual([['postpone', 'stopped', 0]]);
  });

  it('that failed as nobody foresaw: again, then quarantine, and never what the error quotes', async () => {
    const bug = fails(new TypeError('PATIENT-NAME is not iterable'));
    const young = await noted(bug);
    expect(young.notes).toEqual([['postpone', 'processing_failed', between(2_000, 4_000)]]);
    expect(young.log).not.toContain('PATIENT-NAME');
    const old = await noted(bug, { job: { ...JOB, ageMs: 86_400_000 } });
    expect(old.notes).toEqual([['settle', 'quarantined', 'processing_failed']]);
  });
});
