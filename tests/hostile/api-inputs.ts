import type { Random } from '../fakes/seeded-random.ts';

/** One call that must be refused. */
export type BadCall = { method: string; path: string; headers?: Record<string, string>; body?: string | Buffer };

const CSV = 'sku,image\n1,https://shop.example/1.jpg\n';
const ID = '01M825146GCH1DFB0N96BRJSAY';

/** A generator of bad calls for each operation. */
export const generators: Record<string, (random: Random) => BadCall> = {
  'POST /api/upload': (random) => random.pick([badForm, badOption, badFile, badKey])(random),
  'POST /api/uploads': (random) => random.pick([badJson, badUploadOption])(random),
  'GET /api/status/{requestId}': (random) =>
    random.chance(0.5) ? get(`/api/status/${badId(random)}`) : get(`/api/status/${ID}${badQuery(random, STATUS)}`),
  'GET /api/requests': (random) => get(`/api/requests${badQuery(random, LIST)}`),
  'GET /api/export': (random) =>
    random.chance(0.5)
      ? get(`/api/export?requestId=${encodeURIComponent(text(random))}`)
      : get(`/api/export${badQuery(random, EXPORT)}&requestId=${ID}`),
  'GET /api/export/{requestId}': (random) =>
    random.chance(0.5) ? get(`/api/export/${badId(random)}`) : get(`/api/export/${ID}${badQuery(random, EXPORT)}`),
};

const get = (path: string): BadCall => ({ method: 'GET', path });

const STATUS: Record<string, (random: Random) => string> = {
  products: text,
  cursor: (random) => random.pick(['-1', '1.5', 'NaN', '1e999', '0x', text(random)]),
  limit: badLimit,
};
const LIST: Record<string, (random: Random) => string> = { cursor: text, limit: badLimit };
const EXPORT: Record<string, (random: Random) => string> = { rows: text };

function badQuery(random: Random, parameters: Record<string, (random: Random) => string>): string {
  const name = random.pick(Object.keys(parameters));
  return `?${name}=${encodeURIComponent(parameters[name]?.(random) ?? '')}`;
}

function badLimit(random: Random): string {
  return random.pick(['0', '-1', '101', '1e9', '1.5', 'ten', '٣', `${random.whole(102, 1e9)}`]);
}

/** Never what an option, a parameter or an id may be. */
function text(random: Random): string {
  const alphabet = random.pick([
    'abc',
    '<script>"\'',
    '☃🙂\u202e',
    "' OR 1=1 --",
    '${jndi:ldap}',
    '\\..\\',
    '__proto__',
  ]);
  return `?${Array.from({ length: random.whole(1, 60) }, () => random.pick(Array.from(alphabet))).join('')}`;
}

/** As a part of a path. */
export const badId = (random: Random): string =>
  encodeURIComponent(
    random.pick([
      text(random),
      ID.toLowerCase(),
      ID.slice(1),
      `${ID}0`,
      `8${ID.slice(1)}`,
      ID.replace('M', 'U'),
      '%00',
      'x'.repeat(random.whole(1, 2_000)),
    ]),
  );

function badForm(random: Random): BadCall {
  const boundary = 'x-boundary';
  const type = random.pick([
    // Without a boundary the local gateway answers by itself; lib/http/read-upload.test.ts tries that.
    `multipart/form-data; boundary=${'y'.repeat(100)}`,
    `multipart/form-data; boundary=${boundary}`,
  ]);
  const body = random.pick([
    '',
    noise(random),
    `--${boundary}`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${CSV}`,
    `--${boundary}\r\nContent-Disposition: form-data; name="other"; filename="a.csv"\r\n\r\n${CSV}\r\n--${boundary}--`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n${CSV}\r\n--${boundary}--`,
    `--${boundary}\r\nContent-Disposition: form-data\r\n\r\n${CSV}\r\n--${boundary}--`,
  ]);
  return { method: 'POST', path: '/api/upload', headers: { 'content-type': type }, body };
}

type BadOption = Record<string, string>;

function badOption(random: Random): BadCall {
  return { ...sendCsv(CSV), path: `/api/upload?${new URLSearchParams(oneBadOption(random)).toString()}` };
}

function oneBadOption(random: Random): BadOption {
  const number = () => random.pick(['0', '-1', '101', '1e5', '٣', 'NaN', 'many']);
  return random.pick<BadOption>([
    { format: text(random) },
    { quality: number() },
    { effort: text(random) },
    { maxWidth: random.pick(['0', '-1', '16384', 'wide', '1.5']) },
    { maxHeight: random.pick(['0', '-1', '16384', 'high', '1.5']) },
    { background: random.pick(['red', '#fff', '#gggggg', text(random)]) },
    {
      webhookUrl: random.pick([
        'ftp://caller.example/',
        'caller',
        'http://',
        'https://a:b@caller.example/',
        'javascript:1',
      ]),
    },
    { [`unknown${random.whole(0, 99)}`]: 'x' },
  ]);
}

function badFile(random: Random): BadCall {
  return sendCsv(
    random.pick([
      noise(random),
      '',
      '\n\n\n',
      'sku,name\n1,a\n',
      'sku,image\n',
      'https://shop.example/1.jpg\n',
      `sku,image\n1,"https://shop.example/1.jpg\n`,
      `${'c,'.repeat(101)}image\n1\n`,
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]),
      Buffer.from('sku,image\n1,\xff\xfe\n', 'latin1'),
    ]),
  );
}

/** Bytes above ASCII, which no text starts with, so that they are never a CSV by chance. */
const noise = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: random.whole(1, 400) }, (_, at) => (at === 0 ? 0xf8 : random.whole(0, 255))));

const badKey = (random: Random): BadCall => ({
  ...sendCsv(CSV),
  headers: { 'content-type': 'text/csv', 'idempotency-key': random.pick(['a b', 'x'.repeat(256), 'a\tb', 'é']) },
});

const sendCsv = (body: string | Buffer): BadCall => ({
  method: 'POST',
  path: '/api/upload',
  headers: { 'content-type': typeFor(body) },
  body,
});

/** serverless-offline hands on only octet streams and forms byte for byte. */
const typeFor = (body: string | Buffer) => (typeof body === 'string' ? 'text/csv' : 'application/octet-stream');

function badJson(random: Random): BadCall {
  const value = random.pick([
    null,
    true,
    7,
    'text',
    [],
    [1],
    {},
    { fileName: 7 },
    { fileName: '' },
    { fileName: null },
  ]);
  const deep = '['.repeat(random.whole(1, 5_000));
  const body = random.pick([JSON.stringify(value), deep, '{', '{"fileName":"a.csv"', 'undefined', '', text(random)]);
  return { method: 'POST', path: '/api/uploads', headers: { 'content-type': 'application/json' }, body };
}

function badUploadOption(random: Random): BadCall {
  const body = JSON.stringify({
    fileName: 'a.csv',
    ...random.pick<Record<string, unknown>>([oneBadOption(random), { quality: [] }, { format: {} }, { quality: true }]),
  });
  return { method: 'POST', path: '/api/uploads', headers: { 'content-type': 'application/json' }, body };
}
