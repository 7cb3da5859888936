import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Pool } from '@claimwire/postgres';
import { buildAcknowledgmentReport, StediReportServer, stediTransactionEvent, TcpProxy } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { canRunOwnBroker, OwnBroker } from './own-broker.js';
import { TopicReader } from './read-topic.js';
import { System } from './system.js';
import { type Connection, sampleAuths, send, Tenant } from './tenant.js';

const TRANSACTIONS = 40;
/** So that a fault meets tries that wait for an answer, that publish and that are to be noted. */
const ANSWER_MS = 300;
/** Longer than a job waits for the broker's acknowledgement (4 s). */
const BROKER_PAUSE_MS = 6_000;
const DATABASE_OUTAGE_MS = 1_500;
/** Jobs of a connection that are under way at once. */
const AT_ONCE = 8;
/** A job whose taking was never heard of is taken again when its lease ends. */
const SETTINGS = { CONNECTION_CONCURRENCY: String(AT_ONCE), JOB_LEASE_MS: '25000', BACKFILL_INTERVAL_MS: '0' };
const LONGEST_MS = 90_000;

describe.skipIf(!canRunOwnBroker())('a store that fails under the workers that fetch reports', () => {
  let broker: OwnBroker;
  let database: TcpProxy;
  let system: System;
  let reports: StediReportServer;
  let connection: Connection;
  let topic: TopicReader;
  let pool: Pool;

  beforeAll(async () => {
    broker = await OwnBroker.start();
    reports = await StediReportServer.start({ apiKey: 'report-key' });
    reports.setDelay(ANSWER_MS);
    system = await System.start(['api', 'ingress-stedi', 'stedi-reports'], async ({ DATABASE_URL = '' }) => {
      const url = new URL(DATABASE_URL);
      database = await TcpProxy.start(Number(url.port));
      url.port = String(database.port);
      return { ...SETTINGS, KAFKA_BROKERS: broker.brokers.join(), DATABASE_URL: url.href };
    });
    const tenant = await Tenant.create(system, 'report-outage');
    connection = await tenant.connect('stedi', sampleAuths().stedi, {
      reports: { baseUrl: reports.url, apiKey: 'report-key' },
    });
    topic = new TopicReader(system.topicPrefix, 'claims.raw.stedi-reports.v1', broker.brokers);
    pool = createPool(system.databaseUrl, 1);
  });

  afterAll(async () => {
    await Promise.all([topic.stop(), pool.end()]);
    await system.stop();
    await Promise.all([broker.stop(), database.stop(), reports.stop()]);
  });

  /** Announces transactions. @returns their ids, once some are done and most are not */
  async function underWay(): Promise<string[]> {
    const ids = Array.from({ length: TRANSACTIONS }, () => randomUUID());
    for (const id of ids) {
      const claim = { patientControlNumber: id.slice(0, 20), statuses: [['A2', '20']] as [string, string][] };
      reports.put(id, { kind: '277', report: buildAcknowledgmentReport([{ claims: [claim] }], id) });
    }
    const answers = await Promise.all(
      ids.map((transactionId) => send('stedi', connection, stediTransactionEvent({ transactionId }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await eventually('the first report', () => (ids.some((id) => reports.count(id) > 0) ? true : undefined));
    return ids;
  }

  /** Every job is done, every claim is on the topic, and whatever is there twice is the same event. */
  async function expectAllPublished(ids: readonly string[]): Promise<void> {
    const done = async () => {
      const { rows } = await pool.query<{ done: number }>(
        `select count(*)::int as done from stedi_jobs where transaction_id = any($1) and state = 'done' and leased_until is null`,
        [ids],
      );
      return rows[0]?.done === ids.length ? true : undefined;
    };
    await eventually('every job is done', done, LONGEST_MS);
    const published = () => {
      const values = topic.messages.map(({ headers, value }) => ({
        id: headers['ce_id']!.toString(),
        text: value!.toString(),
        transaction: (JSON.parse(value!.toString()) as { transactionId: string }).transactionId,
      }));
      return values.filter(({ transaction }) => ids.includes(transaction));
    };
    await eventually('every claim is on the topic', () =>
      new Set(published().map(({ transaction }) => transaction)).size === ids.length ? true : undefined,
    );
    expect(new Set(published().map(({ id }) => id)).size).toBe(ids.length);
    expect(new Set(published().map(({ id, text }) => `${id} ${text}`)).size).toBe(ids.length);
  }

  it('PostgreSQL cut off and then silent: every job is done, and what was published is noted, not fetched again', async () => {
    const ids = await underWay();
    database.cut();
    await sleep(DATABASE_OUTAGE_MS);
    database.mend();
    await sleep(DATABASE_OUTAGE_MS);
    database.pause();
    await sleep(DATABASE_OUTAGE_MS);
    database.resume();
    await expectAllPublished(ids);
    // Each of the two outages met as many tries as run at once: without the note of what they did, all would come again.
    expect(ids.reduce((sum, id) => sum + reports.count(id), 0)).toBeLessThanOrEqual(TRANSACTIONS + AT_ONCE);
  });

  it('a broker that is silent for longer than a job waits: every job is done', async () => {
    const ids = await underWay();
    broker.pause();
    await sleep(BROKER_PAUSE_MS);
    broker.resume();
    await expectAllPublished(ids);
  });
});
