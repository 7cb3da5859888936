import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTransactionEvent } from './transaction-event.js';
import { receiveWebhook } from './webhook.js';

const bytes = (body: unknown) => Buffer.from(JSON.stringify(body));

const ID = 'b9d3a1c4-52a0-4c1e-8f33-0a1d6f6d7a11';
const detail = { transactionId: ID, direction: 'INBOUND', mode: 'production', processedAt: '2025-05-06T19:35:07.912Z' };
const event = (more: object = {}, detailType = 'transaction.processed.v2') => ({
  id: 'e-1',
  'detail-type': detailType,
  account: '000000000000',
  detail: { ...detail, x12: { transactionSetIdentifier: '277' }, ...more },
});
const thin = (more: object = {}) => ({
  object: 'v1.event',
  type: 'transaction.processed',
  id: 'evt_1',
  created: '2026-09-12T10:00:00.000Z',
  environment: 'PRODUCTION',
  resource: { id: ID, type: 'transaction' },
  relatedResources: [{ id: ID, type: 'transaction.x12.835' }],
  ...more,
});

describe('reading a transaction event', () => {
  it.each([
    ['wrapped', { event: event() }],
    ['bare', event()],
    ['version 1', event({}, 'transaction.processed.v1')],
    ['with a number as transaction set', event({ x12: { transactionSetIdentifier: 277 } })],
    [
      'with a nested transaction set',
      event({ x12: { metadata: { transaction: { transactionSetIdentifier: '277' } } } }),
    ],
  ])('%s', (_, body) => {
    expect(readTransactionEvent(bytes(body))).toMatchObject({
      kind: 'transaction',
      transactionId: ID,
      direction: 'INBOUND',
      mode: 'production',
      processedAt: '2025-05-06T19:35:07.912Z',
      transactionSet: '277',
      thin: false,
    });
  });

  it.each([
    ['bare', thin()],
    ['wrapped', { v1Event: thin() }],
  ])('in the thin form, %s: what it does not say is absent', (_, body) => {
    const read = readTransactionEvent(bytes(body));
    expect(read).toMatchObject({ transactionId: ID, transactionSet: '835', mode: 'production', thin: true });
    expect(read).toMatchObject({ direction: undefined, processedAt: undefined });
  });

  it('has one identity in every form', () => {
    const forms = [
      { event: event() },
      event({}, 'transaction.processed.v1'),
      thin(),
      { v1Event: thin({ id: 'evt_2' }) },
    ];
    expect(forms.map((form) => receiveWebhook(bytes(form)))).toEqual(
      forms.map(() => expect.objectContaining({ kind: 'accepted', identity: ID, entityId: ID }) as object),
    );
  });

  it.each([
    ['transaction_not_inbound', event({ direction: 'OUTBOUND' })],
    ['transaction_set_not_needed', event({ x12: { transactionSetIdentifier: '999' } })],
    ['transaction_set_not_needed', thin({ relatedResources: [{ id: ID, type: 'transaction.x12.999' }] })],
    ['not_a_transaction', event({ fileExecutionId: 'f-1' }, 'file.delivered.v2')],
    ['transaction_id_missing_or_unsafe', event({ transactionId: '../../admin' })],
    ['transaction_id_missing_or_unsafe', thin({ resource: { id: 'a/b', type: 'transaction' } })],
    ['event_time_missing', event({ processedAt: 'yesterday' })],
    ['event_type_missing', {}],
    ['not_a_json_object', [event()]],
  ])('%s: nothing to fetch', (reason, body) => {
    expect(readTransactionEvent(bytes(body))).toEqual({ kind: 'other', reason });
  });
});

describe('receiving file events', () => {
  const file = JSON.parse(
    readFileSync(new URL('../fixtures/stedi-file-delivered-v2.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>;

  it('gives both versions of the type the same identity', () => {
    const received = receiveWebhook(bytes(file));
    expect(received).toMatchObject({ kind: 'accepted', entityId: 'aa0e7c0a-3a0e-4d9c-a7a8-9a2b1f0c4d99' });
    const older = receiveWebhook(bytes({ ...file, 'detail-type': 'file.delivered.v1' }));
    expect(older).toMatchObject({ identity: received.kind === 'accepted' ? received.identity : '' });
  });
});
