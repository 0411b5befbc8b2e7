import { describe, expect, it } from 'vitest';
import { OutboundError } from './outbound-error.ts';
import { parseTarget, resolveLocation } from './url.ts';

function codeThrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OutboundError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('parseTarget', () => {
  it.each([
    ['http://example.com', '/'],
    ['http://example.com?a=1', '/?a=1'],
    ['https://example.com/a.jpg#top', '/a.jpg'],
    ['https://example.com/a%2Fb%2f%zz.jpg', '/a%2Fb%2f%zz.jpg'],
    ['https://example.com/a/../b/./c//d.jpg', '/a/../b/./c//d.jpg'],
    [
      "https://example.com/x?sig=a+b/c==&k='1'|{2}^`\"<>&t=2024-01-01T00:00:00Z",
      "/x?sig=a+b/c==&k='1'|{2}^`\"<>&t=2024-01-01T00:00:00Z",
    ],
    ['https://example.com/w_100,h_200/a;b=c@2x.jpg', '/w_100,h_200/a;b=c@2x.jpg'],
    ['https://example.com/my photo.jpg', '/my%20photo.jpg'],
    ['https://example.com/größe/画像.jpg?q=é', '/gr%C3%B6%C3%9Fe/%E7%94%BB%E5%83%8F.jpg?q=%C3%A9'],
    ['https://example.com/lone\ud800.jpg', '/lone%EF%BF%BD.jpg'],
    ['  https://example.com/a.jpg\n', '/a.jpg'],
  ])('sends the path of %j as it is, but for spaces and non-ASCII', (url, path) => {
    expect(parseTarget(url).path).toBe(path);
  });

  it.each([
    ['http://EXAMPLE.com:80/', 'http://example.com', 'example.com', 80],
    ['HTTPS://example.com/', 'https://example.com', 'example.com', 443],
    ['https://example.com:8443/', 'https://example.com:8443', 'example.com', 8443],
    ['http://example.com:0/', 'http://example.com:0', 'example.com', 0],
    ['http://bücher.example/', 'http://xn--bcher-kva.example', 'xn--bcher-kva.example', 80],
    ['http://2130706433/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://0x7f000001/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://0177.0.0.1/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://127.1/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://127%2e0.0.1/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://１２７.0.0.1/', 'http://127.0.0.1', '127.0.0.1', 80],
    ['http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]', '[::ffff:7f00:1]', 80],
    ['http://[::1]:3000/', 'http://[::1]:3000', '[::1]', 3000],
  ])('reads the host of %s in its canonical spelling', (url, origin, host, port) => {
    expect(parseTarget(url)).toMatchObject({ origin, host, port });
  });

  it.each([
    '',
    'a.jpg',
    '//example.com/a.jpg',
    'http:example.com',
    'http:/example.com',
    'http:///example.com',
    'http://',
    'http://?q',
    'http://user:secret@example.com/',
    'http://user@example.com/',
    'http://@example.com/',
    'http://good.example\\@evil.example/',
    'http:\\\\example.com\\',
    'http://exa mple.com/',
    'http://example.com:99999/',
    'http://example.com:x/',
    'http://256.1.1.1/',
    'http://[::1/',
    'http://[fe80::1%25eth0]/',
    'http://exam\tple.com/',
    'http://example.com/a\r\nHost: evil',
    'http://example.com/a\0.jpg',
  ])('refuses %j as invalid', (url) => {
    expect(codeThrown(() => parseTarget(url))).toBe('invalid_url');
  });

  it.each([
    'ftp://example.com/a.jpg',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'JavaScript:alert(1)',
    's3://b/k',
  ])('refuses the scheme of %s', (url) => {
    expect(codeThrown(() => parseTarget(url))).toBe('unsupported_scheme');
  });
});

describe('resolveLocation', () => {
  const base = parseTarget('https://example.com/shop/a.jpg?x=1');

  it.each([
    ['https://cdn.example/b.jpg?Signature=a%2Bb~"c"', 'https://cdn.example/b.jpg?Signature=a%2Bb~"c"'],
    ['//cdn.example/b.jpg', 'https://cdn.example/b.jpg'],
    ['/b"c".jpg', 'https://example.com/b"c".jpg'],
    ['b.jpg', 'https://example.com/shop/b.jpg'],
    ['../b.jpg', 'https://example.com/b.jpg'],
    ['?y=2', 'https://example.com/shop/a.jpg?y=2'],
    ['/my photo.jpg', 'https://example.com/my%20photo.jpg'],
    [' \t/b.jpg \t', 'https://example.com/b.jpg'],
    [Buffer.from('/à').toString('latin1'), 'https://example.com/%C3%A0'],
    [Buffer.from('/größe.jpg').toString('latin1'), 'https://example.com/gr%C3%B6%C3%9Fe.jpg'],
  ])('reads %s', (location, href) => {
    expect(resolveLocation(location, base).href).toBe(href);
  });

  it.each([
    ['file:///etc/passwd', 'unsupported_scheme'],
    ['gopher://example.com/', 'unsupported_scheme'],
    ['http://user:secret@example.com/', 'invalid_url'],
    ['http://', 'invalid_url'],
    ['//', 'invalid_url'],
  ])('refuses %s as %s', (location, code) => {
    expect(codeThrown(() => resolveLocation(location, base))).toBe(code);
  });
});
