import { describe, expect, it } from 'vitest';
import { DEFAULT_CSV_LIMITS } from './limits.ts';
import { toProduct } from './to-product.ts';

const rules = {
  header: ['SKU', 'Name', 'Images', 'Note'],
  columns: { serialNumber: 0, productName: 1, imageUrls: [2] },
  limits: { ...DEFAULT_CSV_LIMITS, maxCellBytes: 120, maxUrlLength: 50, maxUrlsPerProduct: 3 },
};
const url = (n: number) => `https://x.example/${n}.jpg`;

describe('toProduct', () => {
  it('reads the labels trimmed and the URLs as written', () => {
    expect(toProduct([' 1 ', ' Blue shirt ', `${url(1)}, ${url(2)}`, 'x'], 2, rules)).toEqual({
      serialNumber: '1',
      productName: 'Blue shirt',
      imageUrls: [url(1), url(2)],
      errors: [],
    });
  });

  it('keeps what is no URL as an image that will fail on its own', () => {
    const product = toProduct(['1', 'n', `foo.jpg;${url(1)}`], 2, rules);
    expect(product).toMatchObject({ imageUrls: ['foo.jpg', url(1)], errors: [] });
  });

  it('joins several image columns from left to right', () => {
    const several = { ...rules, columns: { ...rules.columns, imageUrls: [1, 2, 3] } };
    expect(toProduct(['1', url(1), url(2), url(3)], 2, several).imageUrls).toEqual([url(1), url(2), url(3)]);
  });

  it('leaves missing columns and cells empty', () => {
    const bare = { ...rules, columns: { serialNumber: null, productName: 1, imageUrls: [0] } };
    expect(toProduct([url(1)], 2, bare)).toEqual({
      serialNumber: '',
      productName: '',
      imageUrls: [url(1)],
      errors: [],
    });
  });

  it('takes URLs beyond the header for more URLs, and ignores blank cells there', () => {
    const product = toProduct(['1', 'n', url(1), '', '', ` ${url(2)}`, ' '], 2, rules);
    expect(product).toMatchObject({ imageUrls: [url(1), url(2)], errors: [] });
  });

  it.each([
    ['no_images', 'Images', '', ['1', 'n', ' ; ', '']],
    ['no_images', 'Images', '', ['1']],
    ['too_many_images', 'Images', '4', ['1', 'n', [1, 2, 3, 4].map(url).join(',')]],
    ['url_too_long', 'Images', `${url(1)}?${'q'.repeat(40)}`, ['1', 'n', `${url(1)}?${'q'.repeat(40)}`]],
    ['url_too_long', null, `${url(1)}?${'q'.repeat(40)}`, ['1', 'n', url(2), '', `${url(1)}?${'q'.repeat(40)}`]],
    ['cell_too_large', 'Note', 'é'.repeat(61), ['1', 'n', url(1), 'é'.repeat(61)]],
    ['cell_too_large', null, 'x'.repeat(100), ['1', 'n', url(1), '', 'x'.repeat(121)]],
    ['extra_cells', null, 'stray', ['1', 'n', url(1), '', 'stray', url(2)]],
    ['extra_cells', null, 'stray, more', ['1', 'n', url(1), '', 'stray ', url(2), '', ' more']],
  ])('%s in column %j with value %j: nothing is fetched', (code, column, value, cells) => {
    const { imageUrls, errors } = toProduct(cells, 7, rules);
    expect(imageUrls).toEqual([]);
    expect(errors[0]).toMatchObject({ row: 7, code, column, value });
    expect(errors[0]?.message).toMatch(/^[A-Z].*[.?]$/);
  });

  it('bounds all URLs of a product together', () => {
    const wide = { ...rules, columns: { ...rules.columns, imageUrls: [1, 2, 3] } };
    const long = `https://x.example/${'p'.repeat(30)}`;
    expect(toProduct(['1', long, long, long], 2, wide).errors).toMatchObject([{ code: 'urls_too_large' }]);
  });

  it.each([
    ['a cell of exactly the limit', ['1', 'n', url(1), 'é'.repeat(60)]],
    ['a URL of exactly the limit', ['1', 'n', `https://x.example/${'p'.repeat(32)}`]],
    ['as many images as allowed', ['1', 'n', [1, 2, 3].map(url).join('\n')]],
  ])('accepts %s', (_, cells) => {
    expect(toProduct(cells, 2, rules).errors).toEqual([]);
  });

  it('reports several problems of a row at once, but not without end', () => {
    const long = Array.from({ length: 50 }, (_, n) => url(n).padEnd(51, 'x'));
    expect(toProduct(['1', 'n', url(1), '', ...long], 2, rules).errors).toHaveLength(10);
  });

  it('takes all stray cells of a row for one problem', () => {
    const stray = Array.from({ length: 50 }, (_, n) => `stray ${n}`);
    const { errors } = toProduct(['1', 'n', url(1), '', ...stray], 2, rules);
    expect(errors).toMatchObject([{ code: 'extra_cells', value: stray.join(', ').slice(0, 100) }]);
  });

  it('cuts long labels and values without breaking a character', () => {
    const limits = DEFAULT_CSV_LIMITS;
    const name = `x${'😀'.repeat(600)}`;
    const product = toProduct(['1', name, url(1), '', name], 2, { ...rules, limits });
    expect(product.productName).toBe(`x${'😀'.repeat(499)}`);
    expect(product.errors[0]?.value).toBe(`x${'😀'.repeat(49)}`);
  });
});
