import { describe, expect, it } from 'vitest';
import { addressPolicy } from './address-policy.js';

describe('addresses that are refused', () => {
  it.each([
    ['this host', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['all of loopback', '127.255.255.254'],
    ['private, class A', '10.1.2.3'],
    ['private, class B, first', '172.16.0.0'],
    ['private, class B, last', '172.31.255.255'],
    ['private, class C', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['metadata of Alibaba', '100.100.100.200'],
    ['metadata of AWS, Azure and GCP', '169.254.169.254'],
    ['platform server of Azure', '168.63.129.16'],
    ['metadata of Oracle', '192.0.0.192'],
    ['documentation 1', '192.0.2.1'],
    ['documentation 2', '198.51.100.1'],
    ['documentation 3', '203.0.113.1'],
    ['benchmarking', '198.19.255.255'],
    ['6to4 relay', '192.88.99.1'],
    ['AS112', '192.175.48.6'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified, IPv6', '::'],
    ['loopback, IPv6', '::1'],
    ['loopback, written out', '0:0:0:0:0:0:0:1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped loopback in hex', '::ffff:7f00:1'],
    ['mapped metadata', '::ffff:a9fe:a9fe'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
    ['NAT64 of the metadata address', '64:ff9b::a9fe:a9fe'],
    ['local NAT64', '64:ff9b:1::1'],
    ['6to4 of a private address', '2002:a00:1::1'],
    ['Teredo', '2001::1'],
    ['documentation, IPv6', '2001:db8::1'],
    ['documentation, IPv6, new', '3fff::1'],
    ['unique local', 'fd00::1'],
    ['metadata of AWS, IPv6', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%lo'],
    ['site-local', 'fec0::1'],
    ['multicast, IPv6', 'ff02::1'],
    ['discard only', '100::1'],
    ['segment routing', '5f00::1'],
    ['not yet allocated', '4000::1'],
    ['not an address', 'localhost'],
    ['empty', ''],
  ])('%s: %s', (_name, address) => {
    expect(addressPolicy()(address)).toBe(false);
  });
});

describe('addresses that are called', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.17',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001:800::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s', (address) => {
    expect(addressPolicy()(address)).toBe(true);
  });
});

describe('networks that the operator allows', () => {
  it('are called, and nothing beside them', () => {
    const allows = addressPolicy(['127.0.0.0/8', '::1/128', '10.20.0.0/16']);
    expect(['127.0.0.1', '::1', '10.20.255.255', '::ffff:10.20.0.1'].map(allows)).toEqual([true, true, true, true]);
    expect(['10.21.0.0', '::2', '169.254.169.254', 'fe80::1'].map(allows)).toEqual([false, false, false, false]);
  });

  it('may be single addresses', () => {
    const allows = addressPolicy(['192.168.1.7']);
    expect(allows('192.168.1.7')).toBe(true);
    expect(allows('192.168.1.8')).toBe(false);
  });

  it.each(['localhost', '127.0.0.0/33', '127.0.0.0/8/8', '::1/129', '127.0.0.0/-1', '/8', '10.0.0.0/', '10.0.0.0/a'])(
    'are refused at boot when one is not a network: %s',
    (entry) => {
      expect(() => addressPolicy([entry])).toThrow(entry);
    },
  );
});
