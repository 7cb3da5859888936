import { randomUUID } from 'node:crypto';

const ACCOUNT = '000000000000';

const envelope = (detailType: string, time: string, detail: object) => ({
  version: '0',
  // A re-sent event has another event id: duplicates are cut by what it is about.
  id: randomUUID(),
  'detail-type': detailType,
  source: 'stedi.core',
  account: ACCOUNT,
  time,
  region: 'us-east-1',
  resources: [],
  detail,
});

export interface StediTransactionSample {
  transactionId?: string;
  transactionSet?: string | number;
  direction?: string;
  mode?: string;
  processedAt?: string;
  partnershipId?: string;
  /** Older shape: the transaction set id stands directly under `x12`. */
  flat?: boolean;
  /** `{"event": …}`, as the webhook product sends it. */
  wrapped?: boolean;
  detailType?: string;
}

/** Body of a transaction.processed event. */
export function stediTransactionEvent(sample: StediTransactionSample = {}): object {
  const { transactionSet = '277', direction = 'INBOUND', mode = 'production', flat = false, wrapped = true } = sample;
  const transactionId = sample.transactionId ?? randomUUID();
  const processedAt = sample.processedAt ?? '2025-05-06T19:35:07.912Z';
  const event = envelope(sample.detailType ?? 'transaction.processed.v2', processedAt, {
    transactionId,
    direction,
    mode,
    fileExecutionId: randomUUID(),
    processedAt,
    artifacts: [],
    partnership: { partnershipId: sample.partnershipId ?? 'local-clearinghouse', partnershipType: 'x12' },
    x12: flat
      ? { transactionSetIdentifier: transactionSet }
      : { metadata: { transaction: { controlNumber: '1001', transactionSetIdentifier: transactionSet } } },
  });
  return wrapped ? { event } : event;
}

export interface StediFileSample {
  fileExecutionId?: string;
  processedAt?: string;
}

/** Body of a file.delivered event. */
export function stediFileDelivered({ fileExecutionId = randomUUID(), processedAt }: StediFileSample = {}): object {
  const time = processedAt ?? '2025-05-06T17:59:59.000Z';
  return envelope('file.delivered.v2', time, {
    fileExecutionId,
    processedAt: time,
    artifacts: [{ artifactType: 'application/edi-x12', usage: 'output', sizeBytes: 123 }],
    connection: { connectionType: 'REMOTE_FTP', connectionId: '01CONN' },
    delivery: { status: 'DELIVERED', message: 'File was delivered', artifactId: randomUUID() },
  });
}

/** Body of a file.failed event. */
export function stediFileFailed({ fileExecutionId = randomUUID(), processedAt }: StediFileSample = {}): object {
  const time = processedAt ?? '2025-05-06T19:39:59.000Z';
  return envelope('file.failed.v2', time, {
    fileExecutionId,
    processedAt: time,
    direction: 'INBOUND',
    artifacts: [],
    errors: [{ message: 'Failed to translate', faultCode: 'FAILED_TO_TRANSLATE' }],
    source: { name: '1746.edi' },
  });
}

export interface StediThinSample {
  transactionId?: string;
  transactionSet?: string;
  environment?: 'TEST' | 'PRODUCTION';
  created?: string;
  /** `{"v1Event": …}` */
  wrapped?: boolean;
}

/** Body that Event Destinations send: it names the transaction and nothing of it. */
export function stediThinEvent(sample: StediThinSample = {}): object {
  const id = sample.transactionId ?? randomUUID();
  const event = {
    account: ACCOUNT,
    created: sample.created ?? '2026-09-12T10:00:00.000Z',
    environment: sample.environment ?? 'PRODUCTION',
    id: `evt_${randomUUID()}`,
    object: 'v1.event',
    resource: { id, type: 'transaction' },
    relatedResources: [{ id, type: `transaction.x12.${sample.transactionSet ?? '835'}` }],
    type: 'transaction.processed',
  };
  return sample.wrapped ? { v1Event: event } : event;
}
