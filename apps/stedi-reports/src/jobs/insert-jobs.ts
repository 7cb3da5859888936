import type { Keyring } from '@claimwire/keyring';
import type { PoolClient } from '@claimwire/postgres';
import { requestsOf } from '../fetch/fetch-report.js';
import type { NewJob } from './job.js';
import { sealMessage } from './message-seal.js';

/** Its turn, its limits and its polling. In order: two transactions that insert the same rows must not wait for each other. */
const CONNECTIONS = `
  insert into stedi_report_connections (connection_id, tenant_id)
  select distinct connection, tenant from jsonb_to_recordset($1::jsonb) as job(connection text, tenant text) order by 1
  on conflict do nothing`;

/**
 * A transaction that is waiting or done stays as it is. A webhook (sent again by Stedi, or retried from quarantine) opens
 * again what did not end well.
 */
const JOBS = `
  insert into stedi_jobs as job (tenant_id, transaction_id, connection_id, origin, event, headers,
    source_topic, source_partition, source_offset, sealed, requests)
  select tenant, transaction, connection, origin, event, headers, topic, partition, "offset", decode(sealed, 'base64'), requests
  from jsonb_to_recordset($1::jsonb) as new(tenant text, transaction text, connection text, origin text, event jsonb,
    headers jsonb, topic text, partition int, "offset" bigint, sealed text, requests int)
  order by tenant, transaction
  on conflict (tenant_id, transaction_id) do update set
    connection_id = excluded.connection_id, origin = excluded.origin, event = excluded.event, headers = excluded.headers,
    source_topic = excluded.source_topic, source_partition = excluded.source_partition,
    source_offset = excluded.source_offset, sealed = excluded.sealed, requests = excluded.requests,
    state = 'waiting', reason = null, attempts = 0, first_attempt_at = null, due_at = now(), leased_until = null,
    settled_at = null
  where job.state in ('quarantined', 'skipped') and excluded.origin = 'webhook'`;

const MOST_ALTERNATES = 3;

/** Another connection of the tenant announces what is waiting: it can have the job where the first cannot do it. */
const ALTERNATES = `
  with announced as (
    select tenant, transaction, connection, to_jsonb(new) - 'tenant' - 'transaction' as announcement
    from jsonb_to_recordset($1::jsonb) as new(tenant text, transaction text, connection text, origin text, event jsonb,
      headers jsonb, topic text, partition int, "offset" bigint, sealed text, requests int)),
  others as materialized (
    select job.tenant_id, job.transaction_id, announced.announcement
    from stedi_jobs job join announced on tenant_id = tenant and transaction_id = transaction
    where job.state = 'waiting' and job.connection_id <> connection and jsonb_array_length(job.alternates) < $2
      and not job.alternates @> jsonb_build_array(jsonb_build_object('connection', connection))
    order by 1, 2 for update of job)
  update stedi_jobs job set alternates = job.alternates || added.list
  from (select tenant_id, transaction_id, jsonb_agg(announcement) as list from others group by 1, 2) added
  where job.tenant_id = added.tenant_id and job.transaction_id = added.transaction_id`;

/**
 * Makes jobs inside the caller's transaction: with it stands what was read, or nothing.
 * @returns how many there are now that were not waiting before
 */
export async function insertJobs(client: PoolClient, keyring: Keyring, jobs: readonly NewJob[]): Promise<number> {
  if (jobs.length === 0) return 0;
  // One statement cannot touch a row twice: the first of a transaction counts.
  const announced = firstsOf(jobs, ({ headers, event }) => [
    headers.tenant,
    event.transactionId,
    headers.connection,
  ]).map((job) => toRow(keyring, job));
  const everyone = JSON.stringify(announced);
  const rows = JSON.stringify(firstsOf(announced, ({ tenant, transaction }) => [tenant, transaction]));
  await client.query(CONNECTIONS, [everyone]);
  const { rowCount } = await client.query(JOBS, [rows]);
  await client.query(ALTERNATES, [everyone, MOST_ALTERNATES]);
  return rowCount ?? 0;
}

/** The first of each key, in order. */
function firstsOf<T>(list: readonly T[], keyOf: (item: T) => string[]): T[] {
  const firsts = new Map(list.toReversed().map((item) => [keyOf(item).join('/'), item]));
  return list.filter((item) => firsts.get(keyOf(item).join('/')) === item);
}

function toRow(keyring: Keyring, { origin, headers, event, message, source }: NewJob) {
  const { tenant, connection } = headers;
  const { transactionId } = event;
  return {
    tenant,
    transaction: transactionId,
    connection,
    origin,
    event,
    headers,
    topic: source?.topic,
    partition: source?.partition,
    offset: source?.offset,
    sealed: sealMessage(keyring, tenant, transactionId, message).toString('base64'),
    requests: requestsOf(event),
  };
}
