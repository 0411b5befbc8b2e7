import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { sampleCsv, samplePictures, sampleProducts } from './catalogue.ts';

const PORT = 4570;
const images = sampleProducts(PORT).flatMap((product) => product.images);

describe('the sample CSV', () => {
  it('is committed as the catalogue tells it (else run `npm run samples`)', () => {
    expect(readFileSync(new URL('products.csv', import.meta.url), 'utf8')).toBe(sampleCsv(PORT));
  });

  it('has a row for each product and its images in one cell', () => {
    const rows = parse(sampleCsv(PORT), { columns: true });
    expect(rows).toHaveLength(sampleProducts(PORT).length);
    expect(rows[18]).toMatchObject({ 'S. No.': '19', 'Product Name': 'Chair Mål, mustard', 'Price (EUR)': '149.00' });
  });

  it('names the port that the sample host listens on', () => {
    expect(sampleCsv(9999)).toContain('http://127.0.0.1:9999/images/');
    expect(sampleCsv(9999)).not.toContain('4570');
  });
});

describe('the catalogue', () => {
  it('is large enough for a demo', () => {
    expect(sampleProducts(PORT).length).toBeGreaterThanOrEqual(30);
    expect(images.length).toBeGreaterThanOrEqual(80);
  });

  it('shows each way to end that needs neither time nor a second server', () => {
    expect([...new Set(images.map(({ outcome }) => outcome))].sort()).toEqual(
      [
        'blocked_url',
        'compressed',
        'corrupt_image',
        'dns_error',
        'forbidden',
        'http_error',
        'invalid_url',
        'kept_original',
        'not_an_image',
        'not_found',
        'too_large',
        'too_many_pixels',
        'unsupported_format',
        'unsupported_scheme',
      ].sort(),
    );
  });

  it('names no file twice', () => {
    const files = samplePictures().map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
  });
});
