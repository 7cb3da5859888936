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
  const active: string[] = [];
  for (const secret of secrets) if (secret.value !== '' && holds(secret, now.getTime())) active.push(secret.value);
  return active;
}

function holds({ notBefore, notAfter }: TimedSecret, time: number): boolean {
  const started = notBefore === undefined || Date.parse(notBefore) <= time;
  return started && (notAfter === undefined || time < Date.parse(notAfter));
}

const isTimedSecret = (item: unknown): item is TimedSecret =>
  typeof item === 'object' && item !== null && 'value' in item && typeof item.value === 'string';

/** By `auth` object: a connection's is replaced as a whole and never changed in place. */
const known = new WeakMap<object, readonly TimedSecret[]>();

/** The secrets of an `auth` object: `secret`, or `secrets` as strings or `{value,notBefore?,notAfter?}`. */
export function readSecrets(auth: Readonly<Record<string, unknown>>): readonly TimedSecret[] {
  let secrets = known.get(auth);
  if (!secrets) known.set(auth, (secrets = listSecrets(auth)));
  return secrets;
}

function listSecrets(auth: Readonly<Record<string, unknown>>): TimedSecret[] {
  const listed: unknown[] = Array.isArray(auth.secrets) ? auth.secrets : [];
  const all = typeof auth.secret === 'string' ? [auth.secret, ...listed] : listed;
  return all.flatMap((item) => (typeof item === 'string' ? [{ value: item }] : isTimedSecret(item) ? [item] : []));
}
