import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqualDigest } from './constant-time-equal.js';
import { HmacKey } from './hmac-key.js';
import { rememberKeys } from './remember-keys.js';
import { activeSecrets, type TimedSecret } from './secrets.js';

export type HmacEncoding = 'hex' | 'base64';

export interface HmacSigning {
  secret: string;
  body: Buffer | string;
  encoding: HmacEncoding;
  /** Stands before the encoded digest, for example "sha256=". */
  prefix?: string;
}

const remembered = rememberKeys((secret) => new HmacKey(Buffer.from(secret)));
/** Any text is a key. */
const keyOf = (secret: string): HmacKey => remembered(secret) as HmacKey;

/** HMAC-SHA256 over the body, as the header's value. */
export function signHmac({ secret, body, encoding, prefix = '' }: HmacSigning): string {
  return prefix + keyOf(secret).digest('', body).toString(encoding);
}

export interface HmacVerification {
  /** Raw bytes as received: re-serialised JSON has other bytes (PHP writes "\/"). */
  body: Buffer;
  signature: HeaderValue;
  secrets: readonly TimedSecret[];
  encoding: HmacEncoding;
  prefix?: string;
  now: Date;
}

const DIGEST_BYTES = 32;
/** 32 bytes: 43 characters and the padding that some leave out. */
const BASE64 = /^[A-Za-z0-9+/]{43}=?$/;

/** @returns null for what is not the encoding of a digest */
function decodeDigest(text: string, encoding: HmacEncoding): Buffer | null {
  if (encoding === 'base64' ? !BASE64.test(text) : text.length !== 2 * DIGEST_BYTES) return null;
  // Where a character is no hex digit, decoding ends.
  const digest = Buffer.from(text, encoding);
  return digest.length === DIGEST_BYTES ? digest : null;
}

/** Verifies HMAC-SHA256 over raw bytes against every active secret. */
export function verifyHmac({ body, signature, secrets, encoding, prefix = '', now }: HmacVerification): Check {
  const header = readSingleHeader(signature);
  if ('missing' in header) return refused('signature_missing');
  // A server may have joined two headers by a comma, which no encoded digest contains.
  if ('duplicated' in header || header.value.includes(',')) return refused('signature_duplicated');
  if (!header.value.startsWith(prefix)) return refused('signature_malformed');
  const presented = decodeDigest(header.value.slice(prefix.length), encoding);
  if (!presented) return refused('signature_malformed');
  const active = activeSecrets(secrets, now);
  if (active.length === 0) return refused('no_active_secret');
  let matches = false;
  // Every secret is tried: time does not tell which one it was.
  for (const secret of active) {
    const expected = keyOf(secret).digest('', body);
    matches = constantTimeEqualDigest(expected, presented) || matches;
  }
  return matches ? PASSED : refused('signature_mismatch');
}
