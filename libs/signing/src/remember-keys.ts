/** More than a process has secrets; beyond it the oldest is made anew when it is needed. */
const MOST_KEYS = 10_000;

/**
 * What is made of a secret, by the secret: made once.
 * @param make null when it is no secret of this kind
 */
export function rememberKeys<Key>(make: (secret: string) => Key | null): (secret: string) => Key | null {
  const keys = new Map<string, Key>();
  return (secret) => {
    const known = keys.get(secret);
    if (known !== undefined) return known;
    const key = make(secret);
    if (key === null) return null;
    const [oldest] = keys.size < MOST_KEYS ? [] : keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
    keys.set(secret, key);
    return key;
  };
}
