import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqual } from './constant-time-equal.js';
import { activeSecrets, type TimedSecret } from './secrets.js';

export interface BasicVerification {
  authorization: HeaderValue;
  username: string;
  /** Any of them that holds at `now`. */
  passwords: readonly TimedSecret[];
  now: Date;
}

/** Verifies an HTTP Basic `Authorization` header (RFC 7617, UTF-8). */
export function verifyBasic({ authorization, username, passwords, now }: BasicVerification): Check {
  const header = readSingleHeader(authorization);
  if ('missing' in header) return refused('credential_missing');
  if ('duplicated' in header) return refused('signature_duplicated');
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header.value);
  if (!match) return refused('signature_malformed');
  const presented = Buffer.from(match[1] ?? '', 'base64');
  const active = activeSecrets(passwords, now);
  if (active.length === 0) return refused('no_active_secret');
  const matches = active.map((password) => constantTimeEqual(presented, `${username}:${password}`));
  return matches.includes(true) ? PASSED : refused('credential_mismatch');
}
