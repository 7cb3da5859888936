import { createSecretKey, type KeyObject } from 'node:crypto';

/** More than a process has secrets; beyond it the oldest is made anew when it is needed. */
const MOST_KEYS = 10_000;

/**
 * Key objects by secret, each made once: an HMAC with a key object takes 4 µs, with the bytes of the key 20 µs
 * (docs/performance.md).
 * @param decode key bytes of a secret; null when it is none
 */
export function rememberKeys(decode: (secret: string) => Buffer | null): (secret: string) => KeyObject | null {
  const keys = new Map<string, KeyObject>();
  return (secret) => {
    const known = keys.get(secret);
    if (known) return known;
    const bytes = decode(secret);
    if (!bytes) return null;
    const [oldest] = keys.size < MOST_KEYS ? [] : keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
    const key = createSecretKey(bytes);
    keys.set(secret, key);
    return key;
  };
}
