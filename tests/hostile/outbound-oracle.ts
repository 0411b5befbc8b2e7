import { groupsOf } from './outbound-spellings.ts';

/** The denied networks once more, compared bit by bit and so in another way than the product's. */
const DENIED =
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
  ::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20`
    .split(/\s+/)
    .map((network) => {
      const [start = '', prefix] = network.split('/');
      return { prefix: bitsOf(start).slice(0, Number(prefix)), bits: bitsOf(start).length };
    });

/** Whether an address is none of the open Internet. */
export function isDenied(ip: string): boolean {
  const bits = bitsOf(ip);
  if (DENIED.some((network) => network.bits === bits.length && bits.startsWith(network.prefix))) return true;
  const isatap = [0x00005efe, 0x02005efe];
  return bits.length === 128 && isatap.includes(Number.parseInt(bits.slice(64, 96), 2));
}

function bitsOf(ip: string): string {
  const binary = (value: number, width: number) => value.toString(2).padStart(width, '0');
  if (!ip.includes(':')) return ip.split('.').reduce((bits, octet) => bits + binary(Number(octet), 8), '');
  return groupsOf(ip).reduce((bits, group) => bits + binary(Number.parseInt(group, 16), 16), '');
}
