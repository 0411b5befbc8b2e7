import { describe, expect, it } from 'vitest';
import { splitUrls, startsWithUrl } from './split-urls.ts';

const A = 'https://cdn.example.com/a.jpg';
const B = 'http://cdn.example.com/b.jpg';

describe('splitUrls', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['only separators', ' ,;|\n\t ', []],
    ['one URL', A, [A]],
    ['a comma', `${A},${B}`, [A, B]],
    ['a comma and a space', `${A}, ${B}`, [A, B]],
    ['a semicolon', `${A};${B}`, [A, B]],
    ['a pipe with spaces', `${A} | ${B}`, [A, B]],
    ['a space', `${A} ${B}`, [A, B]],
    ['line breaks of every kind', `${A}\r\n${B}\n${A}\r${B}`, [A, B, A, B]],
    ['separators at both ends', `,; ${A} ,\n;`, [A]],
    ['a no-break space around', `\u00a0${A}\u00a0`, [A]],
    [
      'upper-case schemes',
      `HTTPS://X.EXAMPLE/A.JPG,Http://x.example/b.jpg`,
      ['HTTPS://X.EXAMPLE/A.JPG', 'Http://x.example/b.jpg'],
    ],
    ['commas inside a URL', `https://x.example/w_300,h_200/a.jpg,${B}`, ['https://x.example/w_300,h_200/a.jpg', B]],
    [
      'semicolons, pipes and spaces inside a URL',
      'https://x.example/a;v=1|2/my photo.jpg',
      ['https://x.example/a;v=1|2/my photo.jpg'],
    ],
    ['a URL inside a URL', `https://proxy.example/fetch/${A}?u=${B}`, [`https://proxy.example/fetch/${A}?u=${B}`]],
    ['a URL listed twice', `${A},${A}`, [A, A]],
    ['text without a scheme', 'foo.jpg', ['foo.jpg']],
    [
      'texts without a scheme',
      'foo.jpg, my photo.jpg;bar.jpg|baz.jpg',
      ['foo.jpg', 'my photo.jpg', 'bar.jpg', 'baz.jpg'],
    ],
    ['another scheme', 'ftp://x.example/y.jpg', ['ftp://x.example/y.jpg']],
    ['text before a URL', `foo.jpg, ${A}`, ['foo.jpg', A]],
    ['text after a line break', `${A}\nfoo.jpg`, [A, 'foo.jpg']],
    ['text after a URL and a comma, which may belong to it', `${A},v2.jpg`, [`${A},v2.jpg`]],
  ])('keeps everything of %s', (_, cell, urls) => {
    expect(splitUrls(cell)).toEqual(urls);
  });

  it('takes linear time on long runs of separators', () => {
    const run = ', '.repeat(500_000);
    const started = performance.now();
    expect(splitUrls(`x${run}x`)).toEqual(['x', 'x']);
    expect(splitUrls(`${A}${run}y`)).toEqual([`${A}${run}y`]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('startsWithUrl', () => {
  it.each([
    [A, true],
    [` ;${B}`, true],
    ['HTTP://x', true],
    ['ftp://x', false],
    [`see ${A}`, false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(startsWithUrl(text)).toBe(expected);
  });
});
