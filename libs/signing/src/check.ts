/** Why a request was refused: constant codes for metrics and audit, never anything that was sent. */
export type RefusalReason =
  | 'signature_missing'
  | 'signature_duplicated'
  | 'signature_malformed'
  | 'signature_mismatch'
  | 'credential_missing'
  | 'credential_mismatch'
  | 'no_active_secret'
  | 'algorithm_not_allowed'
  | 'key_unusable'
  | 'token_expiry_missing'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_claim_invalid'
  | 'token_lifetime_too_long'
  | 'timestamp_missing'
  | 'timestamp_malformed'
  | 'timestamp_too_old'
  | 'timestamp_in_future';

export type Check = { ok: true } | { ok: false; reason: RefusalReason };

export const PASSED: Check = { ok: true };
export const refused = (reason: RefusalReason): Check => ({ ok: false, reason });

/** A header as Node gives it: absent, once, or several times. */
export type HeaderValue = string | readonly string[] | undefined;

/** The header's only value; two are refused, because two readers could each believe another one. */
export function readSingleHeader(value: HeaderValue): { value: string } | { missing: true } | { duplicated: true } {
  if (typeof value === 'string') return value === '' ? { missing: true } : { value };
  const values = value ?? [];
  if (values.length > 1) return { duplicated: true };
  const [only] = values;
  return only === undefined || only === '' ? { missing: true } : { value: only };
}
