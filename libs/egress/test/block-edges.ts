import { isIP } from 'node:net';

/** An IP address as a number, both families. */
function toNumber(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = '', right] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(left), groups(right ?? '')];
  const zeros = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toText(value: bigint, family: number): string {
  const [count, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const mask = (1n << bits) - 1n;
  const parts = Array.from({ length: count }, (_, index) => (value >> (bits * BigInt(count - 1 - index))) & mask);
  return parts.map((part) => part.toString(family === 4 ? 10 : 16)).join(family === 4 ? '.' : ':');
}

/** First, middle and last address of a block in CIDR notation. */
export function edgesOf(block: string): [first: string, middle: string, last: string] {
  const [address = '', prefix = ''] = block.split('/');
  const family = isIP(address);
  const size = 1n << BigInt((family === 4 ? 32 : 128) - Number(prefix));
  const first = toNumber(address);
  const edges = [first, first + size / 2n, first + size - 1n];
  return edges.map((edge) => toText(edge, family)) as [string, string, string];
}

/** An IPv4 address in the last 32 bits of an IPv6 block of 96. */
export function carriedBy(block: string, ipv4: string): string {
  return toText(toNumber(block.replace(/\/96$/, '')) + toNumber(ipv4), 6);
}
