import { parseClaimKey } from '@claimwire/contracts';

/** What a raw message says about whose claim it is, without being read. */
export interface MessageOrigin {
  /** Of the message: `<tenant>/<entity>`, each percent-encoded. */
  key: string | null;
  /** Provider of its connection. */
  provider: string | undefined;
  /** `settings.claimNamespace` of its connection. */
  namespace: string;
}

/**
 * Whether the message is about the claim, by its key: the provider's claim id, before the connection's namespace. A malformed
 * body and a Stedi transaction are keyed by themselves, and belong to no claim.
 */
export function isAbout(claimKey: string, { key, provider, namespace }: MessageOrigin): boolean {
  const claim = parseClaimKey(claimKey);
  const [tenant, entity, ...more] = key?.split('/') ?? [];
  if (tenant === undefined || entity === undefined || more.length > 0) return false;
  try {
    const claimId = namespace === '' ? decodeURIComponent(entity) : `${namespace}:${decodeURIComponent(entity)}`;
    const ofProvider = provider === undefined || claim.provider === provider || claim.provider === `${provider}-test`;
    return decodeURIComponent(tenant) === claim.tenant && claimId === claim.claimId && ofProvider;
  } catch {
    return false;
  }
}
