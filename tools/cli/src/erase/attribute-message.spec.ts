import { describe, expect, it } from 'vitest';
import { isAbout } from './attribute-message.js';

const origin = (key: string | null, provider = 'cair', namespace = '') => ({ key, provider, namespace });

describe('a raw message', () => {
  it.each([
    ['demo/cair/a%2Fb', origin('demo/a%2Fb')],
    ['demo/curacel/clinic%3A42', origin('demo/42', 'curacel', 'clinic')],
    ['demo/stedi-test/PCN', origin('demo/PCN', 'stedi')],
    ['t%20x/cair/1', origin('t%20x/1')],
    ['demo/cair/1', { key: 'demo/1', provider: undefined, namespace: '' }],
  ])('is about %s', (claimKey, message) => {
    expect(isAbout(claimKey, message)).toBe(true);
  });

  it.each([
    ['another claim', origin('demo/2')],
    ['another tenant', origin('other/1')],
    ['another provider', origin('demo/1', 'curacel')],
    ['another namespace', origin('demo/1', 'cair', 'clinic')],
    ['nobody', origin(null)],
    ['something that we did not key', origin('demo/%E0%A4%A')],
    ['a longer key', origin('demo/1/1')],
  ])('is not about the claim when its key is of %s', (_whose, message) => {
    expect(isAbout('demo/cair/1', message)).toBe(false);
  });
});
