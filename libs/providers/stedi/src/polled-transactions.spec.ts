import { describe, expect, it } from 'vitest';
import { readPolledPage } from './polled-transactions.js';
import { readTransactionEvent } from './transaction-event.js';

const ITEM = {
  transactionId: 'tx-1',
  direction: 'INBOUND',
  mode: 'production',
  status: 'succeeded',
  processedAt: '2025-05-06T19:35:07.912Z',
  partnership: { partnershipId: 'p' },
  x12: { metadata: { transaction: { transactionSetIdentifier: 277 } } },
};
const eventsOf = (...items: unknown[]) => readPolledPage({ items }, null)!.transactions.map(({ event }) => event);

describe('a page of polled transactions', () => {
  it('is read like the webhooks that never came', () => {
    const page = readPolledPage({ items: [ITEM], nextPageToken: 'next' }, 'account-1')!;
    expect(page.nextPageToken).toBe('next');
    const [{ event, processedAt, body }] = page.transactions as [(typeof page.transactions)[0]];
    expect(processedAt).toMatch(/^2025-05-06T19:35:07\.912/);
    expect(event).toEqual({
      kind: 'transaction',
      transactionId: 'tx-1',
      direction: 'INBOUND',
      mode: 'production',
      processedAt,
      transactionSet: '277',
      partnership: 'p',
      account: 'account-1',
      thin: false,
    });
    expect(readTransactionEvent(Buffer.from(JSON.stringify(body)))).toEqual(event);
  });

  it.each([
    [{ ...ITEM, direction: 'OUTBOUND' }, 'transaction_not_inbound'],
    [{ ...ITEM, x12: { transactionSetIdentifier: '837' } }, 'transaction_set_not_needed'],
    [{ ...ITEM, status: 'failed' }, 'transaction_failed'],
    [{ ...ITEM, transactionId: '../admin' }, 'transaction_id_missing_or_unsafe'],
    [{ ...ITEM, transactionId: 7 }, 'transaction_id_missing_or_unsafe'],
    ['text', 'transaction_id_missing_or_unsafe'],
  ])('leaves out %j: %s', (item, reason) => {
    expect(eventsOf(item)).toEqual([{ kind: 'other', reason }]);
  });

  it('leaves to be asked for what an item does not say', () => {
    expect(eventsOf({ transactionId: 'tx-2' })).toEqual([{ kind: 'transaction', transactionId: 'tx-2', thin: true }]);
  });

  it.each([null, 'text', [], {}, { items: 'none' }])('is none: %j', (answer) => {
    expect(readPolledPage(answer, null)).toBeNull();
  });

  it('has no next page without a token', () => {
    expect(readPolledPage({ items: [], nextPageToken: '' }, null)?.nextPageToken).toBeNull();
  });
});
