import { isObject, readCode, readObject, readTimestamp } from '@claimwire/provider-kit';
import type { JsonObject } from '@claimwire/provider-kit';
import type { Timestamp } from '@claimwire/contracts';
import { readTransactionDetail, readTransactionId } from './envelope.js';
import { toTransactionEvent, type TransactionEvent } from './transaction-event.js';

export interface PolledTransaction {
  event: TransactionEvent;
  /** null where the item does not say; it then is to be asked for. */
  processedAt: Timestamp | null;
  /** The item in the form of a webhook, so that whatever is read of that can be read of this. */
  body: JsonObject;
}

export interface PolledPage {
  transactions: PolledTransaction[];
  /** Stedi always gives one; a page without items is the last for now. */
  nextPageToken: string | null;
}

const EVENT_TYPE = 'transaction.processed.v2';

/**
 * Reads an answer of `GET {core}/polling/transactions`, oldest first; null when it is none.
 * @param account whose transactions they are: the items do not say
 */
export function readPolledPage(answer: unknown, account: string | null): PolledPage | null {
  if (!isObject(answer) || !Array.isArray(answer.items)) return null;
  const { nextPageToken } = answer;
  return {
    transactions: answer.items.map((item) => readItem(readObject(item), account)),
    nextPageToken: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null,
  };
}

function readItem(item: JsonObject, account: string | null): PolledTransaction {
  const processedAt = readTimestamp(item.processedAt);
  const body = {
    event: { 'detail-type': EVENT_TYPE, source: 'claimwire.backfill', ...(account && { account }), detail: item },
  };
  return { event: readEvent(item, processedAt, account), processedAt, body };
}

function readEvent(item: JsonObject, processedAt: Timestamp | null, account: string | null): TransactionEvent {
  const transactionId = readTransactionId(item.transactionId);
  if (transactionId === null) return { kind: 'other', reason: 'transaction_id_missing_or_unsafe' };
  // There is no report of it.
  if (readCode(item.status)?.toLowerCase() === 'failed') return { kind: 'other', reason: 'transaction_failed' };
  const detail = readTransactionDetail(item);
  return toTransactionEvent({
    kind: 'transaction',
    type: EVENT_TYPE,
    account,
    transactionId,
    ...detail,
    // Without a time of its own the transaction must be asked for, as for a thin event.
    thin: processedAt === null,
    occurredAt: processedAt ?? '',
  });
}
