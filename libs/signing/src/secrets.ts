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

/** By the object that holds them: a connection's `auth` is replaced as a whole and never changed in place. */
const known = new WeakMap<object, { several: string; secrets: readonly TimedSecret[] }>();

/**
 * The values of an object that holds one, or in its place a list of texts and `{value,notBefore?,notAfter?}`.
 * @param single name of the member with one value
 * @param several name of the member with the list
 */
export function readTimedValues(
  holder: Readonly<Record<string, unknown>>,
  single: string,
  several: string,
): readonly TimedSecret[] {
  const cached = known.get(holder);
  if (cached?.several === several) return cached.secrets;
  const secrets = listSecrets(holder[single], holder[several]);
  known.set(holder, { several, secrets });
  return secrets;
}

/** The secrets of an `auth` object: `secret`, or `secrets` as strings or `{value,notBefore?,notAfter?}`. */
export function readSecrets(auth: Readonly<Record<string, unknown>>): readonly TimedSecret[] {
  return readTimedValues(auth, 'secret', 'secrets');
}

function listSecrets(single: unknown, several: unknown): TimedSecret[] {
  const listed: unknown[] = Array.isArray(several) ? several : [];
  const all = typeof single === 'string' ? [single, ...listed] : listed;
  return all.flatMap((item) => (typeof item === 'string' ? [{ value: item }] : isTimedSecret(item) ? [item] : []));
}
