import {
  encodeHeaders,
  EVENTS_TOPIC,
  NOTICES_TOPIC,
  STATE_TOPIC,
  type ClaimEvent,
  type Notice,
} from '@claimwire/contracts';

/** One message for a topic; libs/kafka publishes it. */
export interface OutgoingRecord {
  topic: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** `ce_source` of everything the normaliser writes. */
const SOURCE = '/claimwire/normalizer';
const CONTENT_TYPE = 'application/json';

/** @param message the event as stored: Kafka carries the same bytes as PostgreSQL and a delivery */
export function eventRecord(event: ClaimEvent, message: string, traceparent?: string): OutgoingRecord {
  const { id, type, tenant, claimKey, receivedAt, cause } = event;
  const headers = encodeHeaders({
    id,
    source: SOURCE,
    type,
    time: receivedAt,
    tenant,
    connection: cause.connection,
    contentType: CONTENT_TYPE,
    traceparent,
  });
  return { topic: EVENTS_TOPIC, key: claimKey, value: message, headers };
}

/** @param last the newest event of the claim: the state is what stands after it */
export function stateRecord(last: ClaimEvent, state: string, traceparent?: string): OutgoingRecord {
  const headers = encodeHeaders({
    id: `${last.claimKey}#${last.version}`,
    source: SOURCE,
    type: 'claim.state',
    time: last.receivedAt,
    tenant: last.tenant,
    connection: last.cause.connection,
    contentType: CONTENT_TYPE,
    traceparent,
  });
  return { topic: STATE_TOPIC, key: last.claimKey, value: state, headers };
}

export function noticeRecord(notice: Notice, message: string, traceparent?: string): OutgoingRecord {
  const { id, type, tenant, entity, receivedAt, data } = notice;
  const headers = encodeHeaders({
    id,
    source: SOURCE,
    type,
    time: receivedAt,
    tenant,
    connection: typeof data.connection === 'string' ? data.connection : 'none',
    contentType: CONTENT_TYPE,
    traceparent,
  });
  const key = `${encodeURIComponent(tenant)}/${encodeURIComponent(entity.toWellFormed())}`;
  return { topic: NOTICES_TOPIC, key, value: message, headers };
}
