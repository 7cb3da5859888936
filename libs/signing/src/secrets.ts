/** A secret and when it holds: several may be active at once while one is rotated for another. */
export interface TimedSecret {
  value: string;
  /** ISO 8601; absent = from ever. */
  notBefore?: string;
  /** ISO 8601; absent = for ever. */
  notAfter?: string;
}

/** Values of the secrets that hold at `now`. A bound that cannot be read never opens: the secret counts as inactive. */
export function activeSecrets(secrets: readonly TimedSecret[], now: Date): string[] {
  const time = now.getTime();
  return secrets
    .filter(({ notBefore, notAfter }) => {
      const started = notBefore === undefined || Date.parse(notBefore) <= time;
      const running = notAfter === undefined || time < Date.parse(notAfter);
      return started && running;
    })
    .map((secret) => secret.value)
    .filter((value) => value !== '');
}

const isTimedSecret = (item: unknown): item is TimedSecret =>
  typeof item === 'object' && item !== null && 'value' in item && typeof item.value === 'string';

/** The secrets of an `auth` object: `secret`, or `secrets` as strings or `{value,notBefore?,notAfter?}`. */
export function readSecrets(auth: Readonly<Record<string, unknown>>): TimedSecret[] {
  const listed: unknown[] = Array.isArray(auth.secrets) ? auth.secrets : [];
  const all = typeof auth.secret === 'string' ? [auth.secret, ...listed] : listed;
  return all.flatMap((item) => (typeof item === 'string' ? [{ value: item }] : isTimedSecret(item) ? [item] : []));
}
