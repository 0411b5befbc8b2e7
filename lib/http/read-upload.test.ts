import { describe, expect, test } from 'vitest';
import { readHttpEvent } from '../../tests/fakes/lambda.ts';
import type { ApiEvent } from './api.ts';
import { readUpload } from './read-upload.ts';

const recorded = readHttpEvent('upload-csv.form');
const CSV = 'SKU,Image URL\r\n1,https://shop.example/ü.jpg\r\n';

type Part = { name: string; content: string; fileName?: string; type?: string };

const file: Part = { name: 'file', content: CSV, fileName: 'products.csv', type: 'text/csv' };

/** A form as browsers write it, or only its beginning. */
function form(parts: Part[], end = '--edge--\r\n'): string {
  const texts = parts.map(({ name, content, fileName, type }) =>
    [
      `--edge\r\nContent-Disposition: form-data; name="${name}"`,
      fileName === undefined ? '' : `; filename="${fileName}"`,
      type === undefined ? '' : `\r\nContent-Type: ${type}`,
      `\r\n\r\n${content}\r\n`,
    ].join(''),
  );
  return texts.join('') + end;
}

const sent = (body: string | undefined, contentType: string, fields: Partial<ApiEvent> = {}): ApiEvent => ({
  ...recorded,
  headers: { 'content-type': contentType },
  body: body === undefined ? undefined : Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
  ...fields,
});
const formSent = (body: string) => sent(body, 'multipart/form-data; boundary=edge');

describe('a form', () => {
  test('as curl sends it and the gateway hands it over', async () => {
    const { csv, fileName, fields } = await readUpload(recorded);
    expect(csv.toString()).toMatch(/^S\. No\.,Product Name,Input Image Urls\r\n1,Red mug,.*,\r\n$/s);
    expect(fileName).toBe('products.csv');
    expect(fields).toEqual({
      format: 'webp',
      maxWidth: '1200',
      webhookUrl: 'https://caller.example/hooks/rowpress?token=s3cret',
    });
  });

  test.each<[string, Part[]]>([
    ['behind the file', [file, { name: 'format', content: 'webp' }]],
    ['before the file', [{ name: 'format', content: 'webp' }, file]],
  ])('has its options %s', async (_name, parts) => {
    const { csv, fields } = await readUpload(formSent(form(parts)));
    expect(csv.toString()).toBe(CSV);
    expect(fields).toEqual({ format: 'webp' });
  });

  test('may be sent as text', async () => {
    const event = sent(undefined, 'multipart/form-data; boundary=edge', { body: form([file]), isBase64Encoded: false });
    expect((await readUpload(event)).csv.toString()).toBe(CSV);
  });

  test('keeps bytes that are no text', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x80]);
    const [head, tail] = form([{ ...file, content: '|' }]).split('|') as [string, string];
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]).toString('base64');
    const { csv } = await readUpload({ ...formSent(''), body });
    expect(csv).toEqual(bytes);
  });

  test.each([
    ['C:\\Users\\me\\spring.csv', 'spring.csv'],
    ['/home/me/spring.csv', 'spring.csv'],
    ['../../etc/passwd', 'passwd'],
    ['sp\u0007ri\u001bng\u007f.csv', 'spring.csv'],
    ['Frühling €.csv', 'Frühling €.csv'],
    ['', 'products.csv'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('with the file name %j has %j', async (fileName, expected) => {
    expect((await readUpload(formSent(form([{ ...file, fileName }])))).fileName).toBe(expected);
  });

  test.each<[string, string, string]>([
    ['without a file', form([{ name: 'format', content: 'webp' }]), 'missing_file'],
    ['with two files', form([file, { ...file, fileName: 'b.csv' }]), 'missing_file'],
    ['with its file in a part of another name', form([{ ...file, name: 'upload' }]), 'missing_file'],
    ['whose file is only a text field', form([{ name: 'file', content: CSV }]), 'missing_file'],
    ['that is empty', '', 'invalid_request'],
    ['that is no form', 'hello', 'invalid_request'],
    ['that breaks off in its file', form([{ ...file, content: 'SKU' }], '').trimEnd(), 'invalid_request'],
    ['that breaks off in a field', form([{ name: 'format', content: 'we' }], '').trimEnd(), 'invalid_request'],
    ['that breaks off in a header', '--edge\r\nContent-Dispo', 'invalid_request'],
  ])('%s is refused', async (_name, body, code) => {
    await expect(readUpload(formSent(body))).rejects.toMatchObject({ name: 'Problem', code });
  });

  test('without a boundary is refused', async () => {
    const event = sent(form([file]), 'multipart/form-data');
    await expect(readUpload(event)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a bare CSV', () => {
  test.each(['text/csv', 'text/csv; charset=utf-8', 'TEXT/CSV', 'application/octet-stream'])(
    'may be %s',
    async (type) => {
      const queryStringParameters = { fileName: 'dir/a.csv', quality: '70' };
      const { csv, fileName, fields } = await readUpload(sent(CSV, type, { queryStringParameters }));
      expect(csv.toString()).toBe(CSV);
      expect(fileName).toBe('a.csv');
      expect(fields).toEqual({ quality: '70' });
    },
  );

  test('has a name even when none is given', async () => {
    const { fileName, fields } = await readUpload(sent(CSV, 'text/csv'));
    expect([fileName, fields]).toEqual(['products.csv', {}]);
  });

  test('that is empty is no file', async () => {
    await expect(readUpload(sent('', 'text/csv'))).rejects.toMatchObject({ code: 'missing_file' });
    await expect(readUpload(sent(undefined, 'text/csv'))).rejects.toMatchObject({ code: 'missing_file' });
    // As serverless-offline has it.
    const none = { ...sent('', 'text/csv'), body: null } as unknown as ApiEvent;
    await expect(readUpload(none)).rejects.toMatchObject({ code: 'missing_file' });
  });
});

test.each(['application/json', 'application/x-www-form-urlencoded', 'text/html', ''])(
  '%j is not taken',
  async (type) => {
    await expect(readUpload(sent(CSV, type))).rejects.toMatchObject({ code: 'unsupported_media_type' });
  },
);

test('what does not fit into Lambda’s payload is refused with the way to send it', async () => {
  const fits = sent('x'.repeat(4_400_000), 'text/csv');
  expect((await readUpload(fits)).csv).toHaveLength(4_400_000);
  const large = sent('x'.repeat(4_400_001), 'text/csv');
  await expect(readUpload(large)).rejects.toMatchObject({
    code: 'payload_too_large',
    message: expect.stringContaining('POST /api/uploads'),
  });
});
