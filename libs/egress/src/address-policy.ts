import { BlockList, isIP } from 'node:net';
import { unwrapAddress } from './unwrap-address.js';
import { GLOBAL_IPV6, REFUSED_IPV4, REFUSED_IPV6 } from './special-purpose-networks.js';

/** Says of one resolved address whether a socket to it may be opened. */
export type AddressPolicy = (address: string) => boolean;

/** Every address of a family: "0.0.0.0/0" and "::/0" are legal settings. */
const PREFIX_BITS = { 4: 32, 6: 128 } as const;

function addNetwork(list: BlockList, cidr: string): void {
  const [address = '', prefix, ...rest] = cidr.trim().split('/');
  const family = isIP(address) as 0 | 4 | 6;
  const bits = family && prefix === undefined ? PREFIX_BITS[family] : Number(prefix);
  if (family === 0 || rest.length > 0 || !/^\d+$/.test(prefix ?? '0') || bits > PREFIX_BITS[family]) {
    throw new Error(`"${cidr}" is not a network: expected <address>/<prefix length>, for example 127.0.0.0/8`);
  }
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
}

/** @throws Error naming the entry that is not a network in CIDR notation (or a single address) */
export function networkList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) addNetwork(list, cidr);
  return list;
}

const refusedIpv4 = networkList(REFUSED_IPV4);
const refusedIpv6 = networkList(REFUSED_IPV6);
const globalIpv6 = networkList([GLOBAL_IPV6]);

/**
 * Refuses what is not a public unicast address, but for the networks that the operator allows.
 * @param allowNetworks CIDRs, for example ["127.0.0.0/8", "::1/128"]; an IPv4 network also allows its addresses where
 *   they are written as IPv6 (mapped, NAT64)
 * @throws Error naming the entry that is not a network
 */
export function addressPolicy(allowNetworks: readonly string[] = []): AddressPolicy {
  const allowed = networkList(allowNetworks);
  return (address) => {
    const plain = unwrapAddress(address);
    if (!plain) return false;
    const family = plain.family === 4 ? 'ipv4' : 'ipv6';
    if (allowed.check(plain.address, family)) return true;
    if (plain.family === 4) return !refusedIpv4.check(plain.address, family);
    return globalIpv6.check(plain.address, family) && !refusedIpv6.check(plain.address, family);
  };
}
