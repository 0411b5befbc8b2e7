import { expect, test } from 'vitest';
import { ImageOptions } from '../images/image-options.ts';
import { readSubmitOptions } from './submit-options.ts';

const defaults = ImageOptions.parse({ quality: 75, format: 'webp' });

test('what is left open is the deployment’s default', () => {
  expect(readSubmitOptions({}, defaults)).toEqual({ options: defaults, webhookUrl: undefined });
  expect(readSubmitOptions({ quality: ' ', webhookUrl: '' }, defaults)).toEqual({
    options: defaults,
    webhookUrl: undefined,
  });
});

test('names are read in any case, as S3 metadata has them, and values without the spaces around them', () => {
  const fields = { maxwidth: ' 800 ', FORMAT: 'AVIF', WebHookURL: ' https://caller.example/ ' };
  expect(readSubmitOptions(fields, defaults)).toEqual({
    options: { ...defaults, maxWidth: 800, format: 'avif' },
    webhookUrl: 'https://caller.example/',
  });
});

test('every bad one is named', () => {
  const { problems } = readSubmitOptions(
    { quality: '0', format: 'tiff', background: 'white', colour: 'red', size: '1', webhookUrl: 'nowhere' },
    defaults,
    { refuseUnknown: true },
  );
  expect(problems?.map(({ field, code }) => [field, code]).toSorted()).toEqual([
    ['background', 'invalid_option'],
    ['colour, size', 'unknown_option'],
    ['format', 'invalid_option'],
    ['quality', 'invalid_option'],
    ['webhookUrl', 'invalid_option'],
  ]);
  for (const { field, message } of problems!) expect(message).toContain(field);
});

test('names that are none of ours are passed over, as S3’s clients leave them, but bad values of ours are not', () => {
  const left = { mtime: '1759687108.4', 's3cmd-attrs': 'uid:0/uname:root', format: 'webp' };
  expect(readSubmitOptions(left, defaults)).toEqual({ options: defaults, webhookUrl: undefined });
  const { problems } = readSubmitOptions({ ...left, quality: 'best' }, defaults);
  expect(problems).toMatchObject([{ field: 'quality', code: 'invalid_option' }]);
});

test.each(['ftp://caller.example/', 'javascript:alert(1)', 'caller.example', `https://a.example/${'x'.repeat(2_048)}`])(
  '%.40s is no webhook address',
  (webhookUrl) => {
    expect(readSubmitOptions({ webhookUrl }, defaults).problems).toMatchObject([{ field: 'webhookUrl' }]);
  },
);
