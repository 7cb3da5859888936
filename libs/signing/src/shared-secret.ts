import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqual } from './constant-time-equal.js';
import { activeSecrets, type TimedSecret } from './secrets.js';

/** Verifies a static secret that stands in a header as it is. */
export function verifySharedSecret(presented: HeaderValue, secrets: readonly TimedSecret[], now: Date): Check {
  const header = readSingleHeader(presented);
  if ('missing' in header) return refused('credential_missing');
  if ('duplicated' in header) return refused('signature_duplicated');
  const active = activeSecrets(secrets, now);
  if (active.length === 0) return refused('no_active_secret');
  const matches = active.map((secret) => constantTimeEqual(secret, header.value));
  return matches.includes(true) ? PASSED : refused('credential_mismatch');
}
