import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './address.ts';
import { ALLOWED_ADDRESSES, DENIED_ADDRESSES } from './test-addresses.ts';

const notAddresses = [
  '',
  ' ',
  'localhost',
  'example.com',
  '1.1.1',
  '2130706433',
  '0x7f.0.0.1',
  '[2606:4700::1]',
  '8.8.8.8:80',
  '2606:4700::1%eth0',
  'fe80::1%eth0',
];

describe('isPublicAddress', () => {
  it.each(DENIED_ADDRESSES)('denies %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });

  it.each(notAddresses)('denies what is no plain IP address: "%s"', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });

  it.each(ALLOWED_ADDRESSES)('allows %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });
});
