import type { Timestamp } from '@claimwire/contracts';
import { readEnvelope, type Envelope } from './envelope.js';

export const REPORT_KINDS = ['277', '835'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export const isReportKind = (value: string | null): value is ReportKind => REPORT_KINDS.some((kind) => kind === value);

export type TransactionEvent =
  | {
      kind: 'transaction';
      transactionId: string;
      /** Absent members are not in the event: `GET {core}/transactions/{id}` gives them. */
      direction?: string;
      mode?: string;
      processedAt?: Timestamp;
      transactionSet?: ReportKind;
      partnership?: string;
      account?: string;
      thin: boolean;
    }
  /** Nothing to fetch; `reason` is a constant code. */
  | { kind: 'other'; reason: string };

/**
 * What a report fetcher must know of a raw Stedi event. Only inbound 277 and 835 are worth a fetch; an event that does
 * not say is worth asking for.
 */
export function readTransactionEvent(body: Buffer): TransactionEvent {
  return toTransactionEvent(readEnvelope(body));
}

export function toTransactionEvent(envelope: Envelope): TransactionEvent {
  if (envelope.kind === 'malformed') return { kind: 'other', reason: envelope.reason };
  if (envelope.kind !== 'transaction') return { kind: 'other', reason: 'not_a_transaction' };
  const { transactionId, direction, mode, transactionSet, partnership, account, thin, occurredAt } = envelope;
  if (direction !== null && direction !== 'INBOUND') return { kind: 'other', reason: 'transaction_not_inbound' };
  if (transactionSet !== null && !isReportKind(transactionSet)) {
    return { kind: 'other', reason: 'transaction_set_not_needed' };
  }
  return {
    kind: 'transaction',
    transactionId,
    direction: direction ?? undefined,
    mode: mode ?? undefined,
    // A thin event's time is the event's, not the transaction's.
    processedAt: thin ? undefined : occurredAt,
    transactionSet: transactionSet ?? undefined,
    partnership: partnership ?? undefined,
    account: account ?? undefined,
    thin,
  };
}
