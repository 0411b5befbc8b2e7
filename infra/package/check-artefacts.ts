import { unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { PAGE_BYTES_MOST } from '../page/page-size.ts';
import { isObject } from './template.ts';

/** Unpacked, the file names with their bytes. */
export type Artefact = Record<string, Uint8Array>;

const MiB = 1024 * 1024;
/** Ours: what is larger starts late. Lambda's own limit is 250 MiB unpacked. */
const UNPACKED_MOST = { plain: 2.5 * MiB, withOutbound: 3 * MiB, withSharp: 40 * MiB };
const WITH_SHARP = ['compress-images'];
/** The HTTP client is a quarter of all that such a function loads: one that talks to AWS alone has none. */
const WITH_OUTBOUND = ['notify-webhook'];
const WITH_PAGE = ['serve-web'];
const ELF_AARCH64 = 0xb7;

/** What would not run on Lambda, or runs where it has no business: one line a problem. */
export function artefactProblems(name: string, artefact: Artefact, sharpVersion: string): string[] {
  const files = Object.keys(artefact);
  const size = Object.values(artefact).reduce((sum, bytes) => sum + bytes.length, 0);
  const sharp = WITH_SHARP.includes(name);
  const most = UNPACKED_MOST[sharp ? 'withSharp' : WITH_OUTBOUND.includes(name) ? 'withOutbound' : 'plain'];
  const foreign = files.filter((file) => /\.node$|\.so(\.|$)/.test(file) && !isArm64(artefact[file]));
  return [
    ...(files.includes(`functions/${name}.mjs`) ? [] : [`${name}: has no functions/${name}.mjs`]),
    ...(size > most ? [`${name}: ${(size / MiB).toFixed(1)} MiB unpacked, more than ${most / MiB}`] : []),
    ...foreign.map((file) => `${name}: ${file} is not for linux-arm64`),
    ...(sharp ? missingSharp(name, artefact, sharpVersion) : unwantedPackages(name, files)),
    ...(WITH_PAGE.includes(name) ? pageProblems(name, artefact) : unwantedPage(name, files)),
  ];
}

const isArm64 = (bytes: Uint8Array | undefined) => bytes?.[18] === ELF_AARCH64;

const unwantedPackages = (name: string, files: string[]) =>
  files.some((file) => file.startsWith('node_modules/')) ? [`${name}: carries node_modules`] : [];

/** Parts of the page, each in at least one file. */
const PAGE = {
  'web/dist/index.html': /^web\/dist\/index\.html$/,
  'scripts of the page': /^web\/dist\/assets\/.*\.js$/,
  'scripts of the page, compressed': /^web\/dist\/assets\/.*\.js\.br$/,
  'styles of the page': /^web\/dist\/assets\/.*\.css$/,
  'the sample': /^web\/dist\/sample\.csv$/,
  'pictures of the sample': /^web\/dist\/sample\/.*\.jpg$/,
};

function pageProblems(name: string, artefact: Artefact): string[] {
  const files = Object.keys(artefact);
  const missing = Object.entries(PAGE).filter(([, pattern]) => !files.some((file) => pattern.test(file)));
  const bytes = Object.entries(artefact)
    .filter(([file]) => /\.(css|html|js|svg)\.gz$/.test(file))
    .reduce((sum, [, { length }]) => sum + length, 0);
  return [
    ...missing.map(([part]) => `${name}: has no ${part}`),
    ...(bytes > PAGE_BYTES_MOST ? [`${name}: the page has ${bytes} bytes gzipped, more than ${PAGE_BYTES_MOST}`] : []),
  ];
}

const unwantedPage = (name: string, files: string[]) =>
  files.some((file) => file.startsWith('web/')) ? [`${name}: carries the page`] : [];

function missingSharp(name: string, artefact: Artefact, version: string): string[] {
  const installed = artefact['node_modules/sharp/package.json'];
  const manifest: unknown = installed ? JSON.parse(Buffer.from(installed).toString()) : undefined;
  const found = isObject(manifest) ? manifest.version : undefined;
  const native = Object.keys(artefact).some((file) => /@img\/sharp-linux-arm64\/lib\/.*\.node$/.test(file));
  return [
    ...(found === version ? [] : [`${name}: sharp is ${String(found)}, not the pinned ${version}`]),
    ...(native ? [] : [`${name}: sharp's binary for linux-arm64 is missing`]),
  ];
}

/** Reads a packaged function. */
export const readArtefact = (zip: string): Artefact => unzipSync(readFileSync(zip));
