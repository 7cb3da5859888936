import { hash, randomUUID } from 'node:crypto';
import { encodeHeaders, QUARANTINE_TOPIC, rawEventId, rawTopic } from '@claimwire/contracts';
import { type ConnectionConfig, isExpectedAccount, type Reception } from '@claimwire/provider-kit';
import type { RawEventRecord } from './raw-event-sink.js';

export interface Received {
  connection: ConnectionConfig;
  /** Name of the provider's route. */
  route: string;
  reception: Reception;
  /** Byte for byte as it came. */
  body: Buffer;
  contentType: string;
  receivedAt: Date;
  traceparent: string;
}

export interface BuiltRecord {
  id: string;
  record: RawEventRecord;
  /** Why it goes to quarantine; null = it goes to its raw topic. */
  quarantineReason: string | null;
  malformed: boolean;
}

/** Decides where a verified body goes and under which id, key and headers. Pure but for an identity made of chance. */
export function buildRecord(received: Received): BuiltRecord {
  const { connection, reception, body } = received;
  const quarantineReason = quarantineReasonOf(received);
  const id = rawEventId(connection.tenant, connection.provider, identityOf(reception, body));
  const entity = reception.kind === 'accepted' ? reception.entityId : id;
  const { topic: source, address, keyPrefix } = textsOf(connection);
  const headers = encodeHeaders({
    id,
    source: address,
    type: reception.kind === 'accepted' ? reception.eventType : `${connection.provider}.malformed`,
    time: isoTime(received.receivedAt),
    tenant: connection.tenant,
    connection: connection.id,
    contentType: received.contentType,
    traceparent: received.traceparent,
    extra: quarantineReason === null ? undefined : quarantineHeaders(quarantineReason, received.route, source),
  });
  const topic = quarantineReason === null ? source : QUARANTINE_TOPIC;
  const key = keyPrefix + encodePart(entity);
  return {
    id,
    record: { topic, key, value: body, headers },
    quarantineReason,
    malformed: reception.kind === 'malformed',
  };
}

interface ConnectionTexts {
  topic: string;
  address: string;
  keyPrefix: string;
}

/** What all records of a connection have in common. A text made anew is also hashed anew by every map that it is a key of. */
const known = new WeakMap<ConnectionConfig, ConnectionTexts>();

function textsOf(connection: ConnectionConfig): ConnectionTexts {
  let texts = known.get(connection);
  if (!texts) {
    const { tenant, provider } = connection;
    texts = { topic: rawTopic(provider), address: `/ingress/${provider}`, keyPrefix: `${encodePart(tenant)}/` };
    known.set(connection, texts);
  }
  return texts;
}

function quarantineReasonOf({ reception, connection }: Received): string | null {
  if (reception.kind === 'malformed') return reception.reason;
  return isExpectedAccount(reception.account, connection.settings) ? null : 'unexpected_account';
}

/** A malformed body sent again is the same event; an accepted one without identity is always a new one. */
function identityOf(reception: Reception, body: Buffer): string {
  if (reception.kind === 'malformed') return `malformed:${hash('sha256', body, 'hex')}`;
  return reception.identity ?? `request:${randomUUID()}`;
}

/** The source topic lets a retry from quarantine find where the event belongs: it has no offset there yet. */
function quarantineHeaders(reason: string, route: string, source: string): Record<string, string> {
  return {
    'claimwire-reason': reason,
    'claimwire-stage': 'ingress',
    'claimwire-route': route,
    'claimwire-source-topic': source,
  };
}

/** What has nothing to encode: nearly every id, and a look costs a fifth of the encoding. */
const UNRESERVED = /^[A-Za-z0-9_.!~*'()-]*$/;

/** encodeURIComponent throws on lone surrogates, which a JSON string may hold. */
function encodePart(part: string): string {
  return UNRESERVED.test(part) ? part : encodeURIComponent(part.toWellFormed());
}

let last = { time: NaN, text: '' };

/** Requests come in bursts: a millisecond is put into words once. */
function isoTime(date: Date): string {
  const time = date.getTime();
  if (time !== last.time) last = { time, text: date.toISOString() };
  return last.text;
}
