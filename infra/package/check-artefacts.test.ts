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

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowpress-artefacts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the function with sharp for linux-arm64 and one without packages are in order', () => {
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
    { ...status(), 'a.map': new Uint8Array(6_000_000) },
    'get-status: 5.7 MiB unpacked, more than 5',
  ],
  ['an artefact without its function', 'get-status', {}, 'get-status: has no functions/get-status.mjs'],
])('%s is found', (_, name, artefact, problem) => {
  expect(artefactProblems(name, artefact, '0.35.5')).toEqual([problem]);
});

test('a zip is read as its files', () => {
  const zip = join(folder, 'a.zip');
  writeFileSync(zip, zipSync({ 'functions/a.mjs': strToU8('1') }));
  expect(readArtefact(zip)).toEqual({ 'functions/a.mjs': strToU8('1') });
});
