import { BlockList, isIP } from 'node:net';

/**
 * IANA's special-purpose registries for IPv4, multicast and the reserved upper end: nothing on the internet is there.
 */
const ranges4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * Inside 2000::/3, outside of which nothing is global: Teredo and its neighbours, documentation, 6to4 (which wraps an
 * IPv4 address).
 */
const ranges6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const private4 = listOf(ranges4, 'ipv4');
const private6 = listOf(ranges6, 'ipv6');
const global6 = listOf(['2000::/3'], 'ipv6');
const mapped6 = listOf(['::ffff:0:0/96'], 'ipv6');
const translated6 = listOf(['64:ff9b::/96'], 'ipv6');

/**
 * True for every address that is not plainly on the internet: loopback, private, link-local, unique local, multicast,
 * documentation, and IPv6 forms that stand for such an IPv4 address (mapped, NAT64). What is no address is private too.
 */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return private4.check(plain, 'ipv4');
  if (family !== 6) return true;
  if (mapped6.check(plain, 'ipv6') || translated6.check(plain, 'ipv6')) return private4.check(lastFour(plain), 'ipv4');
  return !global6.check(plain, 'ipv6') || private6.check(plain, 'ipv6');
}

/** The IPv4 address in the last 32 bits. */
function lastFour(address: string): string {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  // The parser of URLs writes an address in its one short form: the last two groups are there unless they are zeros.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => (group === '' ? 0 : Number.parseInt(group, 16)));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits = ''] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
