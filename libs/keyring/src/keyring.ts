import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { KeyringFormatError, SealError } from './errors.js';
import { parseKeys } from './parse-keys.js';

/** Where a sealed value stands: a value moved to another tenant, table, row or column does not open. */
export interface SealContext {
  tenant: string;
  table: string;
  row: string;
  column: string;
}

/** A text as nobody without the key can recognise or find it. */
export interface Fingerprint {
  keyId: string;
  /** HMAC-SHA256, 32 bytes. */
  hash: Buffer;
}

/** @param key of fingerprintKey() @returns HMAC-SHA256 */
export const fingerprintBy = (key: Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();

/** Version of the envelope below; a later layout gets the next number and both open. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets at rest with AES-256-GCM. The first key of the ring seals, all of them open: a rotation puts the new key
 * first and keeps the old one until nothing is sealed with it.
 *
 * Envelope, version 1: `version u8 | length of key id u8 | key id | nonce 12 | ciphertext | tag 16`. A random nonce is safe
 * for 2^32 seals of one key (NIST SP 800-38D, 8.3), far beyond any number of configured secrets.
 */
export class Keyring {
  private readonly derivedKeys = new Map<string, Buffer>();

  private constructor(
    private readonly active: string,
    private readonly keys: ReadonlyMap<string, Buffer>,
  ) {}

  /**
   * @param text setting CLAIMWIRE_KEYRING: `<id>:<base64 of 32 bytes>[,<id>:<…>]`, the first is the active one
   * @throws KeyringFormatError that names the entry by its place, never its content
   */
  static parse(text: string): Keyring {
    const keys = parseKeys(text);
    const [active] = keys.keys();
    if (active === undefined) throw new KeyringFormatError('it has no key');
    return new Keyring(active, keys);
  }

  /** Ids of all keys, the active one first. */
  get keyIds(): string[] {
    return [...this.keys.keys()];
  }

  /**
   * The same text for the same purpose has the same fingerprint. Each purpose has a key of its own, made by HKDF from the
   * ring's: what seals is never used to hash.
   * @param keyId absent = the active one
   * @throws SealError when the ring has no such key
   */
  fingerprint(purpose: string, text: string, keyId = this.active): Fingerprint {
    return { keyId, hash: fingerprintBy(this.derived(purpose, keyId), text) };
  }

  /**
   * The key of such fingerprints, to be kept sealed where they must outlive the ring's key that it is made from.
   * @param keyId absent = the active one
   * @throws SealError when the ring has no such key
   */
  fingerprintKey(purpose: string, keyId = this.active): Buffer {
    return this.derived(purpose, keyId);
  }

  private derived(purpose: string, keyId: string): Buffer {
    const name = `${keyId}/${purpose}`;
    const known = this.derivedKeys.get(name);
    if (known) return known;
    const key = this.keys.get(keyId);
    if (!key) throw new SealError('the key of this fingerprint is not in CLAIMWIRE_KEYRING');
    const made = Buffer.from(hkdfSync('sha256', key, '', `claimwire/${purpose}`, 32));
    this.derivedKeys.set(name, made);
    return made;
  }

  seal(plaintext: string, context: SealContext): Buffer {
    const header = encodeHeader(this.active);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.active)!, nonce);
    cipher.setAAD(additionalData(header, context));
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
  }

  /** @throws SealError when the envelope is not whole, its key is not in the ring, or it was sealed for another place */
  open(sealed: Buffer, context: SealContext): string {
    const { header, keyId, nonce, body, tag } = split(sealed);
    const key = this.keys.get(keyId);
    if (!key) throw new SealError('the key that sealed this value is not in CLAIMWIRE_KEYRING');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(header, context)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('the sealed value was changed, or sealed for another place or with another key of this id');
    }
  }
}

function encodeHeader(keyId: string): Buffer {
  const id = Buffer.from(keyId, 'ascii');
  return Buffer.concat([Buffer.from([VERSION, id.length]), id]);
}

/** Length-prefixed, so that no two contexts have the same bytes; with the header, so that it cannot be exchanged either. */
function additionalData(header: Buffer, { tenant, table, row, column }: SealContext): Buffer {
  const parts = [tenant, table, row, column].flatMap((part) => {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat([header, ...parts]);
}

function split(sealed: Buffer) {
  if (sealed[0] !== VERSION) throw new SealError('the sealed value has an unknown version');
  const headerEnd = 2 + (sealed[1] ?? 0);
  const bodyStart = headerEnd + NONCE_BYTES;
  if (sealed.length < bodyStart + TAG_BYTES) throw new SealError('the sealed value is cut short');
  return {
    header: sealed.subarray(0, headerEnd),
    keyId: sealed.toString('ascii', 2, headerEnd),
    nonce: sealed.subarray(headerEnd, bodyStart),
    body: sealed.subarray(bodyStart, sealed.length - TAG_BYTES),
    tag: sealed.subarray(sealed.length - TAG_BYTES),
  };
}
