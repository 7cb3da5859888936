import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqualDigest } from './constant-time-equal.js';
import { rememberKeys } from './remember-keys.js';
import { activeSecrets, type TimedSecret } from './secrets.js';
import { sha256 } from './sha256.js';

const digestOf = rememberKeys((secret) => sha256(secret));

/** Verifies a static secret that stands in a header as it is. */
export function verifySharedSecret(presented: HeaderValue, secrets: readonly TimedSecret[], now: Date): Check {
  const header = readSingleHeader(presented);
  if ('missing' in header) return refused('credential_missing');
  if ('duplicated' in header) return refused('signature_duplicated');
  const active = activeSecrets(secrets, now);
  if (active.length === 0) return refused('no_active_secret');
  // Digests have one length, so that time does not tell the secret's; and every secret is compared.
  const presentedDigest = sha256(header.value);
  let matches = false;
  for (const secret of active) matches = constantTimeEqualDigest(digestOf(secret)!, presentedDigest) || matches;
  return matches ? PASSED : refused('credential_mismatch');
}
