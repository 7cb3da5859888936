import { cair } from '@claimwire/provider-cair';
import { curacel } from '@claimwire/provider-curacel';
import type { Provider, RawSource } from '@claimwire/provider-kit';
import { stedi } from '@claimwire/provider-stedi';
import { tpastream } from '@claimwire/provider-tpastream';

/** Every provider the hub knows. A generated one is added here. */
export const PROVIDERS: readonly Provider[] = [cair, curacel, tpastream, stedi];

const BY_NAME = new Map(PROVIDERS.map((provider) => [provider.name, provider]));

export function providerByName(name: string): Provider | undefined {
  return BY_NAME.get(name);
}

export interface SourceOwner {
  provider: Provider;
  source: RawSource;
}

/** Who normalises which raw topic: "stedi-reports" → Stedi and its source of that name. */
export const sourceOwners: ReadonlyMap<string, SourceOwner> = new Map(
  PROVIDERS.flatMap((provider) => provider.sources.map((source) => [source.source, { provider, source }] as const)),
);
