import { isIP } from 'node:net';

export interface PlainAddress {
  address: string;
  family: 4 | 6;
}

/** First six 16-bit groups of the IPv6 forms that only carry an IPv4 address: ::ffff:0:0/96 and NAT64's 64:ff9b::/96. */
const MAPPED = '0:0:0:0:0:ffff';
const NAT64 = '64:ff9b:0:0:0:0';

const toNumber = (group: string) => Number.parseInt(group, 16);

/** The eight groups of a valid IPv6 address, "::" and a dotted tail written out. */
function groupsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_text, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const left = head === '' ? [] : head.split(':').map(toNumber);
  const right = !tail ? [] : tail.split(':').map(toNumber);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right];
}

/**
 * An address as it is judged: an IPv6 form that carries an IPv4 address becomes that address, since it is where the
 * packets go.
 * @returns null for what is no address, or one with a zone ("fe80::1%eth0"): zones exist for link-local addresses only
 */
export function unwrapAddress(address: string): PlainAddress | null {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return null;
  if (family === 4) return { address, family };
  const groups = groupsOf(address);
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  if (prefix !== MAPPED && prefix !== NAT64) return { address, family: 6 };
  const bytes = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
  return { address: bytes.join('.'), family: 4 };
}
