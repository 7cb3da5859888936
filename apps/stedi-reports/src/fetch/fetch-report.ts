import type { ConnectionSettings } from '@claimwire/provider-kit';
import { readCode, readObject, readTimestamp } from '@claimwire/provider-kit';
import { isReport, isReportKind, type ReportContext, type ReportKind } from '@claimwire/provider-stedi';
import type { TransactionFacts } from '../transaction-facts.js';
import type { GetOutcome } from './answer.js';
import type { StediClient } from './stedi-client.js';

export type ReportSettings = NonNullable<ConnectionSettings['reports']>;

export type FetchedReport =
  | { kind: 'report'; reportKind: ReportKind; report: unknown; context: ReportContext }
  /** Not an inbound 277 or 835 after all. */
  | { kind: 'not_needed'; reason: string }
  | Exclude<GetOutcome, { kind: 'ok' }>;

/** Stedi's own, where a connection names none (libs/providers/stedi/README.md). */
const DEFAULT_CORE = 'https://core.us.stedi.com/2023-08-01';

/** What must be known before a report can be asked for and placed in time. */
interface Known {
  direction: string | null;
  transactionSet: string | null;
  processedAt: string | null;
  mode: string | null;
  partnership: string | null;
}

/** How many requests one try takes. */
export const requestsOf = (event: TransactionFacts): number => (isEnough(knownFrom(event)) ? 1 : 2);

/**
 * Fetches a transaction's report, asking for the transaction first where the event does not say enough.
 * @throws the signal's reason once it is aborted
 */
export async function fetchReport(
  client: Pick<StediClient, 'get'>,
  settings: ReportSettings,
  event: TransactionFacts,
  signal: AbortSignal,
): Promise<FetchedReport> {
  const get = (url: string) => client.get(url, settings.apiKey, signal);
  let known = knownFrom(event);
  if (!isEnough(known)) {
    const answer = await get(`${baseOf(settings.coreBaseUrl ?? DEFAULT_CORE)}/transactions/${event.transactionId}`);
    if (answer.kind !== 'ok') return answer;
    known = completed(known, answer.body);
  }
  if (known.direction !== 'INBOUND') return { kind: 'not_needed', reason: 'transaction_not_inbound' };
  const { transactionSet, processedAt } = known;
  if (!isReportKind(transactionSet)) return { kind: 'not_needed', reason: 'transaction_set_not_needed' };
  if (processedAt === null) return { kind: 'failed', reason: 'report_unreadable' };

  const path = `change/medicalnetwork/reports/v2/${event.transactionId}/${transactionSet}`;
  const answer = await get(`${baseOf(settings.baseUrl)}/${path}`);
  if (answer.kind !== 'ok') return answer;
  if (!isReport(answer.body)) return { kind: 'failed', reason: 'report_unreadable' };
  const { transactionId, account = null } = event;
  const { partnership } = known;
  const context = { transactionId, processedAt, mode: known.mode ?? 'unknown', partnership, account };
  return { kind: 'report', reportKind: transactionSet, report: answer.body, context };
}

export const baseOf = (url: string): string => url.replace(/\/+$/, '');

const knownFrom = (event: TransactionFacts): Known => ({
  direction: event.direction ?? null,
  transactionSet: event.transactionSet ?? null,
  processedAt: event.processedAt ?? null,
  mode: event.mode ?? null,
  partnership: event.partnership ?? null,
});

const isEnough = ({ direction, transactionSet, processedAt, mode }: Known): boolean =>
  [direction, transactionSet, processedAt, mode].every((value) => value !== null);

/** The transaction's own word counts over the event's: a thin event's time and environment are only the event's. */
function completed(known: Known, answer: unknown): Known {
  const transaction = readObject(answer);
  const x12 = readObject(transaction.x12);
  const nested = readObject(readObject(x12.metadata).transaction);
  return {
    direction: readCode(transaction.direction)?.toUpperCase() ?? known.direction,
    transactionSet:
      readCode(nested.transactionSetIdentifier) ?? readCode(x12.transactionSetIdentifier) ?? known.transactionSet,
    processedAt: readTimestamp(transaction.processedAt) ?? known.processedAt,
    mode: readCode(transaction.mode)?.toLowerCase() ?? known.mode,
    partnership: readCode(readObject(transaction.partnership).partnershipId) ?? known.partnership,
  };
}
