import { hash, type KeyObject } from 'node:crypto';
import type { PlainClaims } from './plain-token.js';

/** A sender signs one token per second at most, and few minutes' worth are good at a time. A tenth of a kilobyte each. */
const MOST_TOKENS = 2_000;

/**
 * Tokens whose RS256 signature was found right, by the public key that it is right for.
 *
 * Why this is as safe as verifying again. The claim that is kept, "these bytes carry a valid signature by this key", is a
 * mathematical fact about token and key: it neither grows old nor depends on the body, which such a token does not sign. Only
 * plain tokens get here (no `crit`, nothing for a JWT library to interpret), and only after the signature was verified. All that
 * can change is asked for at each use, by the caller: which keys the connection trusts now (a withdrawn key is not asked about,
 * from the request on that sees the change), and `exp`, `nbf` and lifetime against the clock of now. A token is known by its
 * SHA-256, so that no credential stays in memory and another one cannot pass for it. Refusals are not kept: they cost the
 * sender's budget for failed authentication each time.
 *
 * Why it pays. PKCS #1 v1.5 signatures are deterministic: a sender whose claims are times in whole seconds (`exp` is all that
 * TPA Stream documents) sends the same token with everything that it signs within a second.
 */
export class ProvenTokens {
  private readonly proven = new Map<string, { key: KeyObject; claims: PlainClaims }>();

  constructor(private readonly most = MOST_TOKENS) {}

  /** @returns the claims of a token that one of these keys is known to have signed, else null */
  claimsOf(digest: string, keys: readonly KeyObject[]): PlainClaims | null {
    const found = this.proven.get(digest);
    return found && keys.includes(found.key) ? found.claims : null;
  }

  add(digest: string, key: KeyObject, claims: PlainClaims): void {
    if (this.proven.size >= this.most) this.proven.delete(this.proven.keys().next().value!);
    this.proven.set(digest, { key, claims });
  }
}

export const digestOfToken = (token: string): string => hash('sha256', token, 'base64');
