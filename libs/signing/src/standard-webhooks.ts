import { randomBytes } from 'node:crypto';
import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqualDigest } from './constant-time-equal.js';
import { HmacKey } from './hmac-key.js';
import { rememberKeys } from './remember-keys.js';
import { activeSecrets, type TimedSecret } from './secrets.js';

/** Stedi signs with the event's creation time and retries for up to 48 h: a 5-minute window would refuse those. */
export const DEFAULT_TOLERANCE_SECONDS = 72 * 60 * 60;
/** How far ahead a sender's clock may be, in seconds, whatever the tolerance for old messages. */
export const MAX_FUTURE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const SIGNATURE = /^v\d+[a-z]?,[A-Za-z0-9+/]+={0,2}$/;
const V1 = 'v1,';
const TIMESTAMP = /^\d{1,12}$/;

/** Key bytes of a secret as the specification writes it: base64, after an optional "whsec_". Null when it is not. */
export function decodeWebhookSecret(secret: string): Buffer | null {
  const encoded = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret;
  if (!BASE64.test(encoded)) return null;
  const key = Buffer.from(encoded, 'base64');
  return key.length === 0 ? null : key;
}

/** A new secret of 192 random bits, as the specification writes it. */
export function generateWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(24).toString('base64');
}

const keyOf = rememberKeys((secret) => {
  const bytes = decodeWebhookSecret(secret);
  return bytes && new HmacKey(bytes);
});

const signatureOf = (key: HmacKey, id: string, timestamp: string, body: Buffer | string): Buffer =>
  key.digest(`${id}.${timestamp}.`, body);

export interface StandardWebhooksHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs by the Standard Webhooks specification, with every secret at once while one is rotated for another.
 * @param timestampSeconds Unix time of this attempt
 * @throws Error when there is no secret, or one that is not base64
 */
export function signStandardWebhooks(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  body: Buffer | string,
): StandardWebhooksHeaders {
  if (secrets.length === 0) throw new Error('a webhook needs a secret to sign with');
  const timestamp = String(Math.floor(timestampSeconds));
  const signatures = secrets.map((secret) => {
    const key = keyOf(secret);
    if (!key) throw new Error('a webhook secret must be base64, with or without "whsec_"');
    return `v1,${signatureOf(key, id, timestamp, body).toString('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

export interface StandardWebhooksVerification {
  body: Buffer;
  headers: Readonly<Record<string, HeaderValue>>;
  secrets: readonly TimedSecret[];
  /** How old `webhook-timestamp` may be. */
  toleranceSeconds?: number;
  now: Date;
}

/** A v1 signature's bytes; null for another version (a newer sender may add some); undefined for what is no signature. */
function readSignature(part: string): Buffer | null | undefined {
  if (!SIGNATURE.test(part)) return undefined;
  return part.startsWith(V1) ? Buffer.from(part.slice(V1.length), 'base64') : null;
}

function checkTimestamp(value: string, toleranceSeconds: number, now: Date): Check {
  if (!TIMESTAMP.test(value)) return refused('timestamp_malformed');
  const age = Math.floor(now.getTime() / 1000) - Number(value);
  if (age > toleranceSeconds) return refused('timestamp_too_old');
  return age < -MAX_FUTURE_SECONDS ? refused('timestamp_in_future') : PASSED;
}

/** Verifies by the Standard Webhooks specification, whose library fixes the tolerance to five minutes. */
export function verifyStandardWebhooks(options: StandardWebhooksVerification): Check {
  const { body, headers, secrets, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now } = options;
  const id = readSingleHeader(headers['webhook-id']);
  const timestamp = readSingleHeader(headers['webhook-timestamp']);
  const signature = readSingleHeader(headers['webhook-signature']);
  if ('duplicated' in id || 'duplicated' in timestamp || 'duplicated' in signature) {
    return refused('signature_duplicated');
  }
  if (!('value' in signature) || !('value' in id)) return refused('signature_missing');
  if (!('value' in timestamp)) return refused('timestamp_missing');
  const inTime = checkTimestamp(timestamp.value, toleranceSeconds, now);
  if (!inTime.ok) return inTime;
  const parts = signature.value.split(' ').map(readSignature);
  if (parts.includes(undefined)) return refused('signature_malformed');
  let usable = false;
  let matches = false;
  // Every signature is compared with that of every secret: time does not tell which one it was.
  for (const secret of activeSecrets(secrets, now)) {
    const key = keyOf(secret);
    if (!key) continue;
    usable = true;
    const expected = signatureOf(key, id.value, timestamp.value, body);
    for (const part of parts) matches = (!!part && constantTimeEqualDigest(expected, part)) || matches;
  }
  if (!usable) return refused('no_active_secret');
  return matches ? PASSED : refused('signature_mismatch');
}
