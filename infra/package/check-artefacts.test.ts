import { strToU8, zipSync } from 'fflate';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { artefactProblems, readArtefact, type Artefact } from './check-artefacts.ts';

const elf = (machine: number) => Uint8Array.from({ length: 20 }, (_, at) => (at === 18 ? machine : 0));
const aarch64 = elf(0xb7);
const x64 = elf(0x3e);
const binary = 'node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64-0.35.5.node';
const images = (): Artefact => ({
  'functions/compress-images.mjs': strToU8('export const handler = () => {};'),
  'node_modules/sharp/package.json': strToU8('{"version":"0.35.5"}'),
  [binary]: aarch64,
});
const status = (): Artefact => ({ 'functions/get-status.mjs': strToU8('export const handler = () => {};') });

const page = (): Artefact =>
  Object.fromEntries(
    [
      'functions/serve-web.mjs',
      'web/dist/index.html',
      'web/dist/assets/index-1a2b.js',
      'web/dist/assets/index-1a2b.js.br',
      'web/dist/assets/index-3c4d.css',
      'web/dist/sample.csv',
      'web/dist/sample/mug-1.jpg',
    ].map((name) => [name, strToU8(name)]),
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowpress-artefacts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the functions with sharp for linux-arm64 and with the page, and one with neither, are in order', () => {
  expect(artefactProblems('serve-web', page(), '0.35.5')).toEqual([]);
  expect(artefactProblems('compress-images', images(), '0.35.5')).toEqual([]);
  expect(artefactProblems('get-status', status(), '0.35.5')).toEqual([]);
});

test.each<[string, string, Artefact, string]>([
  [
    'a binary for another machine',
    'compress-images',
    { ...images(), [binary]: x64 },
    `compress-images: ${binary} is not for linux-arm64`,
  ],
  [
    'another sharp than the pinned one',
    'compress-images',
    { ...images(), 'node_modules/sharp/package.json': strToU8('{"version":"0.35.4"}') },
    'compress-images: sharp is 0.35.4, not the pinned 0.35.5',
  ],
  [
    'sharp where it is not used',
    'get-status',
    { ...status(), 'node_modules/sharp/a.js': strToU8('') },
    'get-status: carries node_modules',
  ],
  [
    'a function of too many bytes',
    'get-status',
    { ...status(), 'a.map': new Uint8Array(2_800_000) },
    'get-status: 2.7 MiB unpacked, more than 2.5',
  ],
  [
    'a page without its start',
    'serve-web',
    Object.fromEntries(Object.entries(page()).filter(([name]) => !name.endsWith('index.html'))),
    'serve-web: has no web/dist/index.html',
  ],
  [
    'a page of too many bytes',
    'serve-web',
    { ...page(), 'web/dist/assets/index-1a2b.js.gz': new Uint8Array(200_001) },
    'serve-web: the page has 200001 bytes gzipped, more than 200000',
  ],
  ['the page where it is not served', 'get-status', { ...status(), ...page() }, 'get-status: carries the page'],
  ['an artefact without its function', 'get-status', {}, 'get-status: has no functions/get-status.mjs'],
])('%s is found', (_, name, artefact, problem) => {
  expect(artefactProblems(name, artefact, '0.35.5')).toEqual([problem]);
});

test('a zip is read as its files', () => {
  const zip = join(folder, 'a.zip');
  writeFileSync(zip, zipSync({ 'functions/a.mjs': strToU8('1') }));
  expect(readArtefact(zip)).toEqual({ 'functions/a.mjs': strToU8('1') });
});
