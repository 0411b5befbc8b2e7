import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA's special-purpose IPv4 blocks, and the one public address behind which a cloud keeps its metadata. */
const DENIED_V4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's host agent
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const;

/** What is special within 2000::/3; all else outside of it (mapped, NAT64, ULA, link-local, multicast, …) is denied as a whole. */
const DENIED_V6 = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarking, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
] as const;

const denied = new BlockList();
for (const [network, prefix] of DENIED_V4) denied.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of DENIED_V6) denied.addSubnet(network, prefix, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address (no host name, no brackets) is one of the open Internet; anything that is no plain IP address is not. */
export function isPublicAddress(ip: string): boolean {
  if (isIPv4(ip)) return !denied.check(ip, 'ipv4');
  if (!isIPv6(ip) || ip.includes('%')) return false;
  return globalUnicast.check(ip, 'ipv6') && !denied.check(ip, 'ipv6') && !isIsatap(ip);
}

/** ISATAP hides an IPv4 address behind the interface identifier 0:5efe or 200:5efe (RFC 5214). */
function isIsatap(ip: string): boolean {
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const gap = new Array<string>(8 - left.length - right.length).fill('0');
  const all = [...left, ...gap, ...right];
  return all[5] === '5efe' && (all[4] === '0' || all[4] === '200');
}

function groups(part: string): string[] {
  return part === '' ? [] : part.split(':');
}
