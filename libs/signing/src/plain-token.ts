import { type KeyObject, verify } from 'node:crypto';
import { isAscii } from 'node:buffer';

/** A compact JWS in its usual form: strict base64url and a protected header that says RS256 and demands nothing. */
export interface PlainToken {
  /** What was signed: header and payload as they came. */
  signed: Buffer;
  payload: string;
  signature: Buffer;
}

/** Claims whose values are out of the question; what else a token may say is not looked at. */
export interface PlainClaims {
  exp: number;
  nbf: number | undefined;
  iat: number | undefined;
}

const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Senders make all their tokens with one header: the last good one is known by its text. */
let goodHeader = '';

/** @returns null for any token that is not plain: a full JWT implementation must judge it */
export function readPlainToken(token: string): PlainToken | null {
  const [, header, payload, signature] = FORM.exec(token) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return null;
  if (header !== goodHeader && !isPlainHeader(header)) return null;
  goodHeader = header;
  return {
    signed: Buffer.from(token.slice(0, header.length + 1 + payload.length), 'latin1'),
    payload,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function isPlainHeader(encoded: string): boolean {
  const header = parseObject(encoded);
  return header !== null && header.alg === 'RS256' && !('crit' in header);
}

/** A JSON object of ASCII text, or null. */
function parseObject(encoded: string): Readonly<Record<string, unknown>> | null {
  const bytes = Buffer.from(encoded, 'base64url');
  if (!isAscii(bytes)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('latin1'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/**
 * RSASSA-PKCS1-v1_5 with SHA-256, by one of Node's worker threads: 4 µs of the main thread, where WebCrypto takes 10 and a
 * JWT library on top of it as many again.
 * @param key an RSA key: `importRsaPublicKey` gives no other
 */
export function isSignedBy({ signed, signature }: PlainToken, key: KeyObject): Promise<boolean> {
  return new Promise((resolve) => {
    verify('sha256', signed, key, signature, (error, valid) => resolve(!error && valid));
  });
}

/** @returns null where a claim that counts is missing or of an odd type */
export function readPlainClaims({ payload }: PlainToken): PlainClaims | null {
  const claims = parseObject(payload);
  if (!claims || !Object.hasOwn(claims, 'exp')) return null;
  const { exp, nbf, iat } = claims;
  if (typeof exp !== 'number' || !isTime(nbf) || !isTime(iat)) return null;
  return { exp, nbf, iat };
}

const isTime = (value: unknown): value is number | undefined => value === undefined || typeof value === 'number';
