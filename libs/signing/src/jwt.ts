import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { PASSED, readSingleHeader, refused, type Check, type HeaderValue, type RefusalReason } from './check.js';
import { isSignedBy, readPlainClaims, readPlainToken, type PlainClaims } from './plain-token.js';
import { digestOfToken, ProvenTokens } from './proven-tokens.js';
import { readRsaPublicKeys } from './rsa-public-key.js';

export interface Rs256Verification {
  token: HeaderValue;
  /** `ssh-rsa AAAA…` or PEM; any of them may have signed. */
  publicKeys: readonly string[];
  /** Refuses tokens that live longer, counted from `iat` where there is one, else from now. */
  maxTokenLifetimeSeconds?: number;
  now: Date;
}

/** Leeway for clocks that differ, in seconds. */
export const CLOCK_SKEW_SECONDS = 30;

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature_mismatch';
  if (error instanceof errors.JWTExpired) return 'token_expired';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm_not_allowed';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'exp') return error.reason === 'missing' ? 'token_expiry_missing' : 'token_claim_invalid';
    return error.claim === 'nbf' && error.reason === 'check_failed' ? 'token_not_yet_valid' : 'token_claim_invalid';
  }
  return error instanceof errors.JOSEError ? 'signature_malformed' : 'key_unusable';
}

interface Lifetime {
  exp?: number | undefined;
  iat?: unknown;
}

function checkLifetime({ exp, iat }: Lifetime, maxSeconds: number | undefined, now: Date): Check {
  if (iat !== undefined && typeof iat !== 'number') return refused('token_claim_invalid');
  if (maxSeconds === undefined) return PASSED;
  const nowSeconds = secondsOf(now);
  // An issue time in the future would make any expiry look near.
  if (iat !== undefined && iat > nowSeconds + CLOCK_SKEW_SECONDS) return refused('token_not_yet_valid');
  const lifetime = (exp ?? Number.POSITIVE_INFINITY) - (iat ?? nowSeconds + CLOCK_SKEW_SECONDS);
  return lifetime <= maxSeconds ? PASSED : refused('token_lifetime_too_long');
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

const isCurrent = ({ exp, nbf }: PlainClaims, seconds: number): boolean =>
  exp > seconds - CLOCK_SKEW_SECONDS && (nbf === undefined || nbf <= seconds + CLOCK_SKEW_SECONDS);

const proven = new ProvenTokens();

/**
 * Verifies a JWT signed by RS256, and nothing but RS256: `none` and HS256 with the public key as secret are refused.
 * `exp` must be there and a number; `nbf` is honoured. A plain token of a known signer needs no JWT library; whatever else
 * comes is judged, and every refusal but a wrong signature decided, by jose. A promise only where a signature is to be verified:
 * that of a token which was found right before is (proven-tokens.ts).
 */
export function verifyRs256Jwt(options: Rs256Verification): Check | Promise<Check> {
  const { token, publicKeys, maxTokenLifetimeSeconds, now } = options;
  const header = readSingleHeader(token);
  if ('missing' in header) return refused('signature_missing');
  if ('duplicated' in header || header.value.includes(',')) return refused('signature_duplicated');
  const keys = readRsaPublicKeys(publicKeys);
  if (keys.length === 0) return refused('key_unusable');
  const digest = digestOfToken(header.value);
  const claims = proven.claimsOf(digest, keys);
  if (claims && isCurrent(claims, secondsOf(now))) return checkLifetime(claims, maxTokenLifetimeSeconds, now);
  return verifySignature({ token: header.value, digest, keys }, options);
}

interface Signed {
  token: string;
  digest: string;
  keys: readonly KeyObject[];
}

async function verifySignature({ token, digest, keys }: Signed, options: Rs256Verification): Promise<Check> {
  const { maxTokenLifetimeSeconds, now } = options;
  const plain = readPlainToken(token);
  for (const key of keys) {
    if (plain && !(await isSignedBy(plain, key))) continue;
    const claims = plain && readPlainClaims(plain);
    if (claims && isCurrent(claims, secondsOf(now))) {
      proven.add(digest, key, claims);
      return checkLifetime(claims, maxTokenLifetimeSeconds, now);
    }
    const check = await verifyByLibrary(token, key, options);
    // Only a wrong signature can be another key's; every other refusal holds whoever signed.
    if (check.ok || check.reason !== 'signature_mismatch') return check;
  }
  return refused('signature_mismatch');
}

async function verifyByLibrary(
  token: string,
  key: KeyObject,
  { maxTokenLifetimeSeconds, now }: Rs256Verification,
): Promise<Check> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: now,
    });
    return checkLifetime(payload, maxTokenLifetimeSeconds, now);
  } catch (error) {
    return refused(reasonOf(error));
  }
}
