import {
  eventTypeOf,
  isExpectedAccount,
  noticeOutcome,
  readCode,
  readList,
  readObject,
  type NormaliseOutcome,
  type RawEvent,
  type Reception,
} from '@claimwire/provider-kit';
import { readEnvelope, readEnvelopeHead, type FileEnvelope } from './envelope.js';
import { toTransactionEvent } from './transaction-event.js';

/** A transaction's identity is its id in every form: a re-sent event has another event id. */
export function receiveWebhook(body: Buffer): Reception {
  const envelope = readEnvelopeHead(body);
  if (envelope.kind === 'malformed') return envelope;
  const accepted = {
    kind: 'accepted',
    eventType: eventTypeOf('stedi', envelope.type),
    account: envelope.account,
  } as const;
  switch (envelope.kind) {
    case 'transaction':
      return { ...accepted, identity: envelope.transactionId, entityId: envelope.transactionId };
    case 'file':
      return { ...accepted, identity: envelope.identity, entityId: envelope.fileExecutionId };
    case 'other':
      return { ...accepted, identity: envelope.identity, entityId: envelope.entityId };
  }
}

/** Fault codes only: messages and file names are free text. */
const faultCodes = ({ detail }: FileEnvelope): string[] =>
  readList(detail.errors)
    .map((error) => readCode(readObject(error).faultCode))
    .filter((code) => code !== null);

function fileNotice(envelope: FileEnvelope, event: RawEvent): NormaliseOutcome {
  const { detail } = envelope;
  const delivery = readObject(detail.delivery);
  return noticeOutcome(event, {
    type: envelope.noticeType,
    entity: envelope.fileExecutionId,
    occurredAt: envelope.occurredAt,
    data: {
      provider: 'stedi',
      connection: event.headers.connection,
      fileExecutionId: envelope.fileExecutionId,
      direction: readCode(detail.direction),
      deliveryStatus: readCode(delivery.status),
      artifactId: readCode(delivery.artifactId),
      faultCodes: faultCodes(envelope),
    },
  });
}

/** Source "stedi": files become notices; claims are in the reports, which apps/stedi-reports fetches. */
export function normaliseWebhook(event: RawEvent): NormaliseOutcome {
  const envelope = readEnvelope(event.body);
  if (envelope.kind === 'malformed') return { kind: 'quarantine', reason: envelope.reason };
  if (!isExpectedAccount(envelope.account, event.settings)) return { kind: 'quarantine', reason: 'unexpected_account' };
  if (envelope.kind === 'file') return fileNotice(envelope, event);
  if (envelope.kind === 'other') return { kind: 'ignored', reason: 'event_type_not_needed' };
  const transaction = toTransactionEvent(envelope);
  return { kind: 'ignored', reason: transaction.kind === 'other' ? transaction.reason : 'fetched_by_stedi_reports' };
}
