import { describe, expect, it } from 'vitest';
import { findColumns } from './find-columns.ts';

describe('findColumns', () => {
  it.each([
    'S. No.',
    'Serial Number',
    'serial_number',
    'SERIAL-NO',
    'Sr. No',
    'SKU',
    'Variant SKU',
    'S/N',
    'id',
    'Ｓｋｕ',
  ])('takes %j for the serial number', (heading) => {
    expect(findColumns(['Other', heading]).serialNumber).toBe(1);
  });

  it.each(['Product Name', 'product_name', ' NAME ', 'Title', 'Item name', 'product'])(
    'takes %j for the name',
    (heading) => {
      expect(findColumns(['Other', heading]).productName).toBe(1);
    },
  );

  it.each([
    ...['Input Image Urls', 'Image URL', 'input_urls', 'images', 'Image', 'image_urls', 'imageURL', 'Image Src', 'IMG'],
    ...[
      'Image URL 1',
      'Image 2',
      'Image 1 URL',
      'Picture-Link',
      'additional_image_link',
      'Product Photos',
      'Input Image URLs:',
    ],
  ])('takes %j for images', (heading) => {
    expect(findColumns(['Other', heading]).imageUrls).toEqual([1]);
  });

  it.each([
    'Output Image Urls',
    'Image Alt Text',
    'Image Position',
    'imagination',
    'URL',
    'Link',
    'Product URL',
    '',
    '??',
  ])('does not take %j for images', (heading) => {
    expect(findColumns([heading]).imageUrls).toEqual([]);
  });

  it('takes every image column, in order, also with equal names', () => {
    expect(findColumns(['Image 2', 'SKU', 'Image 1', 'Image', 'Image']).imageUrls).toEqual([0, 2, 3, 4]);
  });

  it('prefers the clearer name over the one further left', () => {
    expect(findColumns(['id', 'SKU', 'Serial Number', 'product', 'title', 'Product Name'])).toMatchObject({
      serialNumber: 2,
      productName: 5,
    });
  });

  it('passes over absurd headings quickly', () => {
    const started = performance.now();
    expect(findColumns([`image${'1'.repeat(200_000)}x`, 'Image']).imageUrls).toEqual([1]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('does without the serial number and the name', () => {
    expect(findColumns(['Images'])).toEqual({ serialNumber: null, productName: null, imageUrls: [0] });
  });
});
