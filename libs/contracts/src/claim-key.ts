export interface ClaimKeyParts {
  tenant: string;
  /** Provider name; "stedi-test" for Stedi events that are not production. */
  provider: string;
  /** The provider's claim id, with "namespace:" before it where the connection sets one. */
  claimId: string;
}

/** `<tenant>/<provider>/<provider claim id>`, each part by encodeURIComponent. */
export function formatClaimKey({ tenant, provider, claimId }: ClaimKeyParts): string {
  return [tenant, provider, claimId].map(encodeURIComponent).join('/');
}

/** @throws Error when the text has not exactly three non-empty parts, or one that encodeURIComponent cannot have made. */
export function parseClaimKey(claimKey: string): ClaimKeyParts {
  const parts = claimKey.split('/').map(decodeURIComponent);
  const [tenant, provider, claimId] = parts;
  if (parts.length !== 3 || !tenant || !provider || !claimId) {
    throw new Error('a claim key is <tenant>/<provider>/<claim id>, each part percent-encoded');
  }
  return { tenant, provider, claimId };
}
