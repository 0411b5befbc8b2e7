import { describe, expect, test } from 'vitest';
import { REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { ImageOptions } from '../images/image-options.ts';
import {
  ExportQuery,
  ListQuery,
  productFilter,
  readOptions,
  readQuery,
  readRequestId,
  readUploadBody,
  StatusQuery,
} from './read-query.ts';

test('an id is taken as it is; what is none is not found', () => {
  expect(readRequestId(REQUEST_ID)).toBe(REQUEST_ID);
  for (const id of [undefined, '', 'x', REQUEST_ID.toLowerCase(), `${REQUEST_ID}0`, `8${REQUEST_ID.slice(1)}`]) {
    expect(() => readRequestId(id)).toThrow(expect.objectContaining({ code: 'not_found' }));
  }
});

test('a query that says nothing gets the defaults', () => {
  expect(readQuery(StatusQuery, undefined)).toEqual({ cursor: 0, limit: 50 });
  expect(readQuery(ListQuery, {})).toEqual({ limit: 20 });
  expect(readQuery(ExportQuery, undefined)).toEqual({ rows: 'all' });
});

test.each([
  [StatusQuery, { limit: '101' }, ['limit']],
  [StatusQuery, { limit: '1.5', cursor: 'x' }, ['cursor', 'limit']],
  [ListQuery, { cursor: 'x', limit: '-1' }, ['cursor', 'limit']],
  [ExportQuery, { rows: 'bad' }, ['rows']],
])('every bad parameter is named (%#)', (schema, query, fields) => {
  const errors = fields.map((field) => expect.objectContaining({ field, code: 'invalid' }) as unknown);
  expect(() => readQuery(schema, query)).toThrow(expect.objectContaining({ code: 'invalid_request', errors }));
});

test('what is not known in a query is passed over', () => {
  expect(readQuery(ExportQuery, { rows: 'failed', utm_source: 'mail' })).toEqual({ rows: 'failed' });
});

test('products are only asked for by name', () => {
  expect(productFilter(readQuery(StatusQuery, { cursor: '3' }))).toBeUndefined();
  expect(productFilter(readQuery(StatusQuery, { products: 'failed', cursor: '3', limit: '7' }))).toEqual({
    only: 'failed',
    fromPage: 3,
    limit: 7,
  });
});

test.each<[Record<string, string>, string, string[] | undefined]>([
  [{ products: 'all' }, 'all', undefined],
  [{ status: 'PARTIAL' }, 'all', ['PARTIAL']],
  [{ products: 'failed', status: 'FAILED,CANCELLED' }, 'failed', ['FAILED', 'CANCELLED']],
])('products are narrowed by %j', (query, only, statuses) => {
  expect(productFilter(readQuery(StatusQuery, query))).toMatchObject({ only, ...(statuses && { statuses }) });
});

test.each(['', 'failed', 'FAILED,', 'FAILED, PARTIAL', 'PENDING'])('"%s" is no list of statuses', (status) => {
  expect(() => readQuery(StatusQuery, { status })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

describe('options', () => {
  const defaults = ImageOptions.parse({});

  test('are laid over the defaults', () => {
    expect(readOptions({ quality: '70' }, defaults).options).toEqual({ ...defaults, quality: 70 });
  });

  test('that are not understood are refused, each with its name', () => {
    const bad = () => readOptions({ quality: 'best', colour: 'red' }, defaults);
    const errors = ['quality', 'colour'].map((field) => expect.objectContaining({ field }) as unknown);
    expect(bad).toThrow(expect.objectContaining({ code: 'invalid_options', errors: expect.arrayContaining(errors) }));
  });
});

describe('the body of an upload’s creation', () => {
  test('gives options as a form would', () => {
    const body = JSON.stringify({ fileName: 'C:\\a\u0000.csv', maxWidth: 800, format: 'webp' });
    expect(readUploadBody(body)).toEqual({ fileName: 'a.csv', fields: { maxWidth: '800', format: 'webp' } });
  });

  test.each([
    ['', 'The body is not JSON.', []],
    ['null', 'The body is not what is expected.', ['']],
    ['[]', 'The body is not what is expected.', ['']],
    ['{"format":"webp"}', 'The body is not what is expected.', ['fileName']],
    ['{"fileName":7}', 'The body is not what is expected.', ['fileName']],
    ['{"fileName":"a.csv","format":{"$ne":1}}', 'The body is not what is expected.', ['format']],
  ])('%j is refused', (body, message, fields) => {
    const errors = fields.map((field) => expect.objectContaining({ field }) as unknown);
    expect(() => readUploadBody(body)).toThrow(expect.objectContaining({ code: 'invalid_request', message, errors }));
  });
});
