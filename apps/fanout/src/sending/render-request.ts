import { randomFillSync } from 'node:crypto';
import { isBodiless, statusOnlyBody } from '@claimwire/contracts';
import { jsonMember } from '@claimwire/service-host';
import { activeSecrets, signHmac, signStandardWebhooks } from '@claimwire/signing';
import type { Destination } from '../configuration/destination.js';
import type { Delivery } from '../lanes/delivery.js';
import { MASK } from '../configuration/mask.js';

export interface RenderedRequest {
  /** null for GET and DELETE. */
  body: Buffer | null;
  headers: RequestHeaders;
  /** Values of this request that no log may show: tokens. */
  secrets: string[];
}

/** Of one request, once as they are sent and once as the log of attempts shows them. */
export class RequestHeaders {
  /** Name, value, name, value, … */
  readonly sent: string[];
  /** Members of a JSON object, each with a comma before it: without secrets. */
  shown = '';

  constructor(own: readonly string[]) {
    this.sent = [...own];
  }

  add(name: string, value: string, shown = value): void {
    this.sent.push(name, value);
    this.shown += jsonMember(name, shown);
  }
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
function addCloudEvent(headers: RequestHeaders, { eventId, eventType, tenant, receivedAt }: Delivery): void {
  headers.add('ce-specversion', '1.0');
  headers.add('ce-id', eventId);
  headers.add('ce-source', `/claimwire/${encodeURIComponent(tenant)}`);
  headers.add('ce-type', eventType);
  headers.add('ce-time', receivedAt);
}

/** A JWT is added afterwards (add-token). */
function addSignature(headers: RequestHeaders, destination: Destination, id: string, body: Buffer, now: Date): void {
  const { signing, secrets } = destination;
  const timestamp = Math.floor(now.getTime() / 1000);
  headers.add('webhook-id', id);
  headers.add('webhook-timestamp', String(timestamp));
  if (signing.type === 'none' || signing.type === 'jwt_rs256') return;
  const active = activeSecrets(secrets, now);
  if (signing.type === 'standard_webhooks') {
    headers.add('webhook-signature', signStandardWebhooks(active, id, timestamp, body)['webhook-signature'], MASK);
    return;
  }
  const [secret] = active;
  if (secret === undefined) throw new Error('the webhook has no active secret');
  headers.add(signing.header, signHmac({ secret, body, encoding: signing.encoding }), MASK);
}

/** The event's bytes as stored, or what `status_only` leaves of them. */
function renderBody({ payload }: Destination, { message }: Delivery): Buffer {
  if (payload === 'full' || !message) return message ?? EMPTY;
  return Buffer.from(statusOnlyBody(message.toString('utf8')));
}

/**
 * One attempt's request. Every attempt of a delivery has the same `webhook-id` and body; the timestamp is the attempt's.
 * @throws Error when no secret is active: the attempt then counts as failed
 */
export function renderRequest(destination: Destination, delivery: Delivery, now: Date): RenderedRequest {
  const body = isBodiless(destination.method) ? null : renderBody(destination, delivery);
  const headers = new RequestHeaders(destination.headers);
  addSignature(headers, destination, delivery.eventId, body ?? EMPTY, now);
  addCloudEvent(headers, delivery);
  headers.add('traceparent', delivery.span ?? nextTraceparent(delivery.traceparent));
  if (delivery.replayId !== '') headers.add('claimwire-replay', delivery.replayId);
  return { body, headers, secrets: [] };
}
