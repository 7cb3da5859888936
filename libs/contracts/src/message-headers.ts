import type { Timestamp } from './claim-event.js';

/** Headers of every message: CloudEvents 1.0 Kafka binding, binary mode, and our routing extensions. */
export interface MessageHeaders {
  id: string;
  source: string;
  type: string;
  /** When the hub received the fact. */
  time: Timestamp;
  tenant: string;
  connection: string;
  contentType: string;
  /** W3C Trace Context. */
  traceparent?: string;
  /** Further `claimwire-*` headers by full name, for example on quarantine. */
  extra?: Record<string, string>;
}

export type KafkaHeaders = Record<string, string>;

export function encodeHeaders(headers: MessageHeaders): KafkaHeaders {
  const encoded: KafkaHeaders = {
    ce_specversion: '1.0',
    ce_id: headers.id,
    ce_source: headers.source,
    ce_type: headers.type,
    ce_time: headers.time,
    'content-type': headers.contentType,
    'claimwire-tenant': headers.tenant,
    'claimwire-connection': headers.connection,
  };
  if (headers.traceparent) encoded.traceparent = headers.traceparent;
  return headers.extra ? Object.assign(encoded, headers.extra) : encoded;
}

type IncomingHeader = Buffer | string | (Buffer | string)[] | undefined;

const asText = (value: IncomingHeader): string | undefined => {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? undefined : first.toString();
};

const REQUIRED = ['ce_id', 'ce_source', 'ce_type', 'ce_time', 'claimwire-tenant', 'claimwire-connection'] as const;
/** Where the hub itself is the source of a notice, no connection is. */
const MAY_BE_EMPTY = 'claimwire-connection';
const OURS = 'claimwire-';

const isThere = (name: string, text: string | undefined): boolean =>
  name === MAY_BE_EMPTY ? text !== undefined : Boolean(text);

/** @throws Error naming the headers that are missing: such a message was not written by Claimwire. */
export function decodeHeaders(incoming: Record<string, IncomingHeader> = {}): MessageHeaders {
  const missing = REQUIRED.filter((name) => !isThere(name, asText(incoming[name])));
  if (missing.length > 0) throw new Error(`message headers missing: ${missing.join(', ')}`);
  const read = (name: (typeof REQUIRED)[number]) => asText(incoming[name])!;
  return {
    id: read('ce_id'),
    source: read('ce_source'),
    type: read('ce_type'),
    time: read('ce_time'),
    tenant: read('claimwire-tenant'),
    connection: read('claimwire-connection'),
    contentType: asText(incoming['content-type']) ?? 'application/json',
    traceparent: asText(incoming.traceparent),
    extra: furtherHeaders(incoming),
  };
}

function furtherHeaders(incoming: Record<string, IncomingHeader>): Record<string, string> {
  const further: Record<string, string> = {};
  for (const name of Object.keys(incoming)) {
    if (!name.startsWith(OURS) || REQUIRED.some((required) => required === name)) continue;
    const text = asText(incoming[name]);
    if (text !== undefined) further[name] = text;
  }
  return further;
}
