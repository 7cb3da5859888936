import { createPublicKey, type KeyObject } from 'node:crypto';

/** RFC 7518 section 3.3: RS256 needs at least this many bits. */
const MIN_MODULUS_BITS = 2048;
const MAX_CACHED_KEYS = 1000;
const cache = new Map<string, KeyObject>();

/** Fields of an SSH wire-format blob (RFC 4253 section 6.6): each a 32-bit length and that many bytes. */
function readSshFields(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let offset = 0; offset < blob.length;) {
    if (offset + 4 > blob.length) throw new Error('truncated SSH key');
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) throw new Error('truncated SSH key');
    fields.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return fields;
}

/** An mpint carries a leading zero where its top bit is set; a JWK number must not. */
const unsigned = (mpint: Buffer): Buffer => {
  const start = mpint.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.alloc(0) : mpint.subarray(start);
};

/** Node's createPublicKey does not read "ssh-rsa AAAA…": its numbers are handed over as a JWK. */
function importSshKey(text: string): KeyObject {
  const blob = Buffer.from(text.split(/\s+/)[1] ?? '', 'base64');
  const [type, exponent, modulus, ...rest] = readSshFields(blob);
  if (type?.toString() !== 'ssh-rsa' || !exponent || !modulus || rest.length > 0) throw new Error('not an ssh-rsa key');
  const jwk = { kty: 'RSA', n: unsigned(modulus).toString('base64url'), e: unsigned(exponent).toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function importPemKey(text: string): KeyObject {
  if (text.includes('PRIVATE KEY')) throw new Error('a private key was given where a public one belongs');
  return createPublicKey(text);
}

/**
 * Reads an RSA public key, as `ssh-rsa AAAA…` or PEM. Parsed keys are kept, because verification is a hot path.
 * @throws Error when it is another kind of key, a private one, broken, or shorter than 2048 bits
 */
export function importRsaPublicKey(text: string): KeyObject {
  const trimmed = text.trim();
  const known = cache.get(trimmed);
  if (known) return known;
  const key = trimmed.startsWith('ssh-rsa ') ? importSshKey(trimmed) : importPemKey(trimmed);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('not an RSA key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_MODULUS_BITS) throw new Error(`RS256 needs an RSA key of at least ${MIN_MODULUS_BITS} bits`);
  if (cache.size >= MAX_CACHED_KEYS) cache.clear();
  cache.set(trimmed, key);
  return key;
}

/** By the texts as they stand in connections, not trimmed. */
const byText = new Map<string, KeyObject>();

/** Those of the texts that `importRsaPublicKey` takes. The same text gives the same object while it is remembered. */
export function readRsaPublicKeys(texts: readonly string[]): readonly KeyObject[] {
  const keys: KeyObject[] = [];
  for (const text of texts) {
    const key = byText.get(text) ?? readRsaPublicKey(text);
    if (key) keys.push(key);
  }
  return keys;
}

function readRsaPublicKey(text: string): KeyObject | null {
  if (!isRsaPublicKey(text)) return null;
  const key = importRsaPublicKey(text);
  if (byText.size >= MAX_CACHED_KEYS) byText.clear();
  byText.set(text, key);
  return key;
}

/** Whether `importRsaPublicKey` would take it. */
export function isRsaPublicKey(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  try {
    importRsaPublicKey(text);
    return true;
  } catch {
    return false;
  }
}
