import { RAW_SOURCES } from '@claimwire/contracts';
import { describe, expect, it } from 'vitest';
import { PROVIDERS, providerByName, sourceOwners } from './registry.js';

describe('the provider registry', () => {
  it('has each provider once, by its name', () => {
    expect(PROVIDERS.map(({ name }) => name)).toEqual([...new Set(PROVIDERS.map(({ name }) => name))]);
    for (const provider of PROVIDERS) expect(providerByName(provider.name)).toBe(provider);
    expect(providerByName('nobody')).toBeUndefined();
  });

  it('has an owner for every raw topic, and a raw topic for every source', () => {
    expect([...sourceOwners.keys()].sort()).toEqual([...RAW_SOURCES].sort());
  });
});
