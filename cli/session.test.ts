import { describe, expect, it } from 'vitest';
import { printable, sayJson } from './session.ts';

describe('printable', () => {
  it.each([
    ['plain Grüße 商品.csv', 'plain Grüße 商品.csv'],
    ['two\nlines', 'two\nlines'],
    ['\u001B[2Jgone\r', '\uFFFD[2Jgone\uFFFD'],
    ['\u009B31m', '\uFFFD31m'],
  ])('%j becomes %j', (text, shown) => expect(printable(text)).toBe(shown));
});

describe('sayJson', () => {
  it('escapes control characters without changing the value', () => {
    let written = '';
    const value = { fileName: '\u001B[2J\u009B\u007F.csv' };
    sayJson({ write: (text) => (written += text) }, value);
    expect(written.trimEnd()).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(JSON.parse(written)).toEqual(value);
  });
});
