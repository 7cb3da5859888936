/**
 * What is never a tenant's public server. Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and
 * its updates) with multicast (RFC 5771), and the platform addresses of clouds that lie outside them.
 */
export const REFUSED_IPV4 = [
  '0.0.0.0/8', // this network; 0.0.0.0 reaches the own host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT; Alibaba's metadata 100.100.100.200
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform server: public by number, internal by nature
  '169.254.0.0/16', // link-local; metadata of AWS, Azure, GCP
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; Oracle's metadata 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relay anycast, deprecated
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112, direct delegation
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, with the broadcast address
] as const;

/** The only block that is allocated as global unicast: whatever lies outside it is refused, known or not. */
export const GLOBAL_IPV6 = '2000::/3';

/** Special purposes inside the global block. */
export const REFUSED_IPV6 = [
  '2001::/23', // protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries any IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
] as const;
