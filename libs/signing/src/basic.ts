import { PASSED, readSingleHeader, refused, type Check, type HeaderValue } from './check.js';
import { constantTimeEqual } from './constant-time-equal.js';

/** Verifies an HTTP Basic `Authorization` header (RFC 7617, UTF-8). */
export function verifyBasic(authorization: HeaderValue, username: string, password: string): Check {
  const header = readSingleHeader(authorization);
  if ('missing' in header) return refused('credential_missing');
  if ('duplicated' in header) return refused('signature_duplicated');
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header.value);
  if (!match) return refused('signature_malformed');
  const presented = Buffer.from(match[1] ?? '', 'base64');
  return constantTimeEqual(presented, `${username}:${password}`) ? PASSED : refused('credential_mismatch');
}
