import { describe, expect, it } from 'vitest';
import { carriedBy, edgesOf } from '../test/block-edges.js';
import { BESIDE_THE_REGISTRIES, IANA_CARRIERS, IANA_IPV4, IANA_IPV6 } from '../test/iana-special-purpose.js';
import { addressPolicy } from './address-policy.js';

const allows = addressPolicy();
const PUBLIC = '93.184.215.14';

describe('every special-purpose block of the IANA registries', () => {
  it.each([...IANA_IPV4, ...IANA_IPV6, ...BESIDE_THE_REGISTRIES])(
    'is refused, from its first to its last address: %s (%s, %s)',
    (block) => {
      expect(edgesOf(block).filter(allows)).toEqual([]);
    },
  );

  it.each(IANA_CARRIERS)('%s (%s, %s) is refused with each special IPv4 address in it', (carrier) => {
    const carried = IANA_IPV4.flatMap(([block]) => edgesOf(block)).map((address) => carriedBy(carrier, address));
    expect(carried.filter(allows)).toEqual([]);
    expect(allows(carriedBy(carrier, PUBLIC))).toBe(true);
  });

  it('ends where it ends: the addresses beside the IPv4 blocks are called', () => {
    const neighbours = ['1.0.0.0', '9.255.255.255', '100.63.255.255', '100.128.0.0', '169.253.255.255', '169.255.0.0'];
    const more = ['172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0'];
    const rest = ['198.17.255.255', '198.20.0.0', '198.51.99.255', '203.0.114.0', '223.255.255.255', '2001:200::1'];
    expect([...neighbours, ...more, ...rest].filter((address) => !allows(address))).toEqual([]);
  });

  it('opens only for what the operator allows', () => {
    const blocks = [...IANA_IPV4, ...IANA_IPV6].map(([block]) => block);
    for (const block of blocks) expect(edgesOf(block).every(addressPolicy([block]))).toBe(true);
  });
});
