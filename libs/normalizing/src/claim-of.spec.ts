import { describe, expect, it } from 'vitest';
import { claimKeyOf } from './claim-of.js';

const of = (topic: string, key: string, type = 'x', settings = {}) =>
  claimKeyOf(topic, key, { tenant: 'a b', type }, settings);

describe('the claim of a message that cannot be normalised', () => {
  it.each([
    ['claims.raw.cair.v1', 'a%20b/c%2F1', 'a%20b/cair/c%2F1'],
    ['claims.raw.stedi-reports.v1', 'a%20b/PCN1', 'a%20b/stedi/PCN1'],
  ])('is known by the key of %s', (topic, key, claimKey) => {
    expect(of(topic, key)).toBe(claimKey);
  });

  it('has the namespace of its connection', () => {
    expect(of('claims.raw.curacel.v1', 'a%20b/7', 'x', { claimNamespace: 'west' })).toBe('a%20b/curacel/west%3A7');
  });

  it.each([
    ['of another tenant', 'claims.raw.cair.v1', 'b/c'],
    ['without an id', 'claims.raw.cair.v1', 'a%20b/'],
    ['that is no text of ours', 'claims.raw.cair.v1', 'a%20b/%E0%A4%A'],
    ['of a topic that no provider has', 'claims.raw.other.v1', 'a%20b/c'],
    ['of a Stedi webhook, which names a transaction', 'claims.raw.stedi.v1', 'a%20b/c'],
  ])('is none for a key %s', (_what, topic, key) => {
    expect(of(topic, key)).toBeNull();
  });

  it('is none for a completed crawl, whose id is a person’s', () => {
    expect(of('claims.raw.tpastream.v1', 'a%20b/5', 'tpastream.first_crawl_completion')).toBeNull();
    expect(of('claims.raw.tpastream.v1', 'a%20b/5', 'tpastream.claim')).toBe('a%20b/tpastream/5');
  });
});
