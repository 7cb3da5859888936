import { formatClaimKey, rawTopic, type MessageHeaders } from '@claimwire/contracts';
import type { ConnectionSettings } from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';

const SOURCES = new Map(
  PROVIDERS.flatMap(({ name, sources }) => sources.map((source) => [rawTopic(source.source), { name, source }])),
);

/**
 * The claim that a raw message is about, by the key under which it was published (tenant and the provider's claim id): for
 * messages that cannot be normalised. Stedi's test claims are named as if they were production.
 * @param topic the raw topic
 * @returns null where it is about none, or nobody can say
 */
export function claimKeyOf(
  topic: string,
  key: string,
  { tenant, type }: Pick<MessageHeaders, 'tenant' | 'type'>,
  { claimNamespace }: ConnectionSettings,
): string | null {
  const owner = SOURCES.get(topic);
  const prefix = `${encodeURIComponent(tenant)}/`;
  if (!owner || !key.startsWith(prefix) || key === prefix) return null;
  if (owner.source.isAboutClaims && !owner.source.isAboutClaims(type)) return null;
  const id = decode(key.slice(prefix.length));
  if (id === null) return null;
  return formatClaimKey({ tenant, provider: owner.name, claimId: claimNamespace ? `${claimNamespace}:${id}` : id });
}

/** The key may be anybody's who can write to the topic. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
