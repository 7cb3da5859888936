import { randomFillSync } from 'node:crypto';
import { isBodiless, statusOnlyBody } from '@claimwire/contracts';
import { activeSecrets, signHmac, signStandardWebhooks } from '@claimwire/signing';
import type { Destination } from '../configuration/destination.js';
import type { Delivery } from '../lanes/delivery.js';
import { MASK } from '../configuration/mask.js';

export interface RenderedRequest {
  /** null for GET and DELETE. */
  body: Buffer | null;
  /** Name, value, name, value, … */
  headers: string[];
  /** What this delivery added, without secrets: for the log of attempts. */
  shown: Record<string, string>;
  /** Values of this request that no log may show: tokens. */
  secrets: string[];
}

const EMPTY = Buffer.alloc(0);
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

const SPAN_BYTES = 24;
/** Drawn for many at once: each call of the generator costs more than its bytes. */
const randomBytes = Buffer.alloc(SPAN_BYTES * 256);
let drawn = randomBytes.length;

function randomHex(): string {
  if (drawn === randomBytes.length) {
    randomFillSync(randomBytes);
    drawn = 0;
  }
  drawn += SPAN_BYTES;
  return randomBytes.toString('hex', drawn - SPAN_BYTES, drawn);
}

/** A span of our own in the message's trace; a new trace where it has none. */
function nextTraceparent(parent: string | undefined): string {
  const hex = randomHex();
  const [, traceId = hex.slice(16), flags = '00'] = TRACEPARENT.exec(parent ?? '') ?? [];
  return `00-${traceId}-${hex.slice(0, 16)}-${flags}`;
}

/** CloudEvents 1.0, HTTP binding, binary mode. */
function cloudEventsHeaders({ eventId, eventType, tenant, receivedAt }: Delivery): Record<string, string> {
  return {
    'ce-specversion': '1.0',
    'ce-id': eventId,
    'ce-source': `/claimwire/${encodeURIComponent(tenant)}`,
    'ce-type': eventType,
    'ce-time': receivedAt,
  };
}

function signatureHeaders(
  { signing, secrets }: Destination,
  id: string,
  body: Buffer,
  now: Date,
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000);
  const unsigned = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  // A JWT is added afterwards (add-token).
  if (signing.type === 'none' || signing.type === 'jwt_rs256') return unsigned;
  const active = activeSecrets(secrets, now);
  if (signing.type === 'standard_webhooks') return { ...signStandardWebhooks(active, id, timestamp, body) };
  const [secret] = active;
  if (secret === undefined) throw new Error('the webhook has no active secret');
  return { ...unsigned, [signing.header]: signHmac({ secret, body, encoding: signing.encoding }) };
}

/** The event's bytes as stored, or what `status_only` leaves of them. */
function renderBody({ payload }: Destination, { message }: Delivery): Buffer {
  if (payload === 'full' || !message) return message ?? EMPTY;
  return Buffer.from(statusOnlyBody(message.toString('utf8')));
}

function maskSignature(headers: Record<string, string>, { signing }: Destination): Record<string, string> {
  const name = signing.type === 'hmac_sha256' ? signing.header : 'webhook-signature';
  return name in headers ? { ...headers, [name]: MASK } : headers;
}

/**
 * One attempt's request. Every attempt of a delivery has the same `webhook-id` and body; the timestamp is the attempt's.
 * @throws Error when no secret is active: the attempt then counts as failed
 */
export function renderRequest(destination: Destination, delivery: Delivery, now: Date): RenderedRequest {
  const body = isBodiless(destination.method) ? null : renderBody(destination, delivery);
  const dynamic: Record<string, string> = {
    ...signatureHeaders(destination, delivery.eventId, body ?? EMPTY, now),
    ...cloudEventsHeaders(delivery),
    traceparent: delivery.span ?? nextTraceparent(delivery.traceparent),
  };
  if (delivery.replayId !== '') dynamic['claimwire-replay'] = delivery.replayId;
  const headers = [...destination.headers];
  for (const name in dynamic) headers.push(name, dynamic[name] ?? '');
  return { body, headers, shown: maskSignature(dynamic, destination), secrets: [] };
}
