import { HmacKey } from './hmac-key.js';

/** More than a process has secrets; beyond it the oldest is made anew when it is needed. */
const MOST_KEYS = 10_000;

/**
 * HMAC keys by secret, each made once.
 * @param decode key bytes of a secret; null when it is none
 */
export function rememberKeys(decode: (secret: string) => Buffer | null): (secret: string) => HmacKey | null {
  const keys = new Map<string, HmacKey>();
  return (secret) => {
    const known = keys.get(secret);
    if (known) return known;
    const bytes = decode(secret);
    if (!bytes) return null;
    const [oldest] = keys.size < MOST_KEYS ? [] : keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
    const key = new HmacKey(bytes);
    keys.set(secret, key);
    return key;
  };
}
