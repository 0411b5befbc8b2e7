import { stringify } from 'csv-stringify/sync';
import { KINDS, type Kind, type Outcome } from './kinds.ts';
import { PRODUCTS, type Photo, type Product, type Way } from './products.ts';
import type { Shot } from './scene.ts';

/** What Rowpress makes of an image with its default options: an output, or an error of that code. */
type SampleImage = { url: string; outcome: Outcome };
export type SampleProduct = { serialNumber: string; name: string; images: SampleImage[] };

/** A file to be made; several shots make a film. */
export type Picture = { file: string; kind: Kind; shots: Shot[] };

/** Where the sample images are given out; fixed, so that the CSV can name them. */
export const samplePort = (): number => Number(process.env.SAMPLE_HOST_PORT ?? 4570);

/** Every row of the sample CSV, and how each of its images must end. */
export const sampleProducts = (port = samplePort()): SampleProduct[] =>
  PRODUCTS.map((product, row) => ({
    serialNumber: String(row + 1),
    name: product.name,
    images: product.images.map((image, at) =>
      'address' in image
        ? { url: image.address.startsWith('/') ? hostOf(port) + image.address : image.address, outcome: image.code }
        : { url: hostOf(port) + PATHS[image.way](fileOf(product, image, at)), outcome: KINDS[image.kind].becomes },
    ),
  }));

/** The sample CSV as it is committed, but for the port. */
export function sampleCsv(port = samplePort()): string {
  const rows = sampleProducts(port).map(({ serialNumber, name, images }, row) => {
    const { supplier = '', price = '', separator = ', ' } = PRODUCTS[row] ?? {};
    return [serialNumber, name, images.map(({ url }) => url).join(separator), supplier, price];
  });
  return stringify([['S. No.', 'Product Name', 'Input Image Urls', 'Supplier', 'Price (EUR)'], ...rows]);
}

/** Every file that the addresses of the CSV lead to. */
export const samplePictures = (): Picture[] =>
  PRODUCTS.flatMap((product, row) =>
    product.images.flatMap((image, at) =>
      'address' in image
        ? []
        : [{ file: fileOf(product, image, at), kind: image.kind, shots: shotsOf(product, image, row + at) }],
    ),
  );

const hostOf = (port: number) => `http://127.0.0.1:${port}`;

/** The ways in which shops spell the addresses of their images; what each does is told in image-host.ts. */
const PATHS: Record<Way, (file: string) => string> = {
  plain: (file) => `/images/${file}`,
  'commas-in-path': (file) => `/images/w_1200,h_1200,c_fit/${file}`,
  'commas-in-query': (file) => `/images/${file}?size=1200,1200&v=2`,
  'no-extension': (file) => `/images?file=${file}`,
  moved: (file) => `/moved/${file}`,
  flaky: (file) => `/flaky/${file}`,
  busy: (file) => `/busy/${file}`,
};

const fileOf = ({ name }: Product, { kind }: Photo, at: number) => `${slug(name)}-${at + 1}.${KINDS[kind].extension}`;

const slug = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const SIZES = [
  { width: 1200, height: 1200 },
  { width: 1400, height: 1050 },
  { width: 1080, height: 1350 },
  { width: 1536, height: 1024 },
] as const;

function shotsOf({ motif, colour }: Product, { view, kind }: Photo, nth: number): Shot[] {
  const { side, frames } = KINDS[kind];
  const size = side === undefined ? (SIZES[nth % SIZES.length] ?? SIZES[0]) : { width: side, height: side };
  return Array.from({ length: frames ?? 1 }, (_, frame) => ({ ...size, motif, view, colour: turnHue(colour, frame) }));
}

/** The frames of a film show the product in other colours. */
const turnHue = (colour: string, frame: number) =>
  `#${Array.from({ length: 3 }, (_, channel) => colour.slice(1 + ((channel + frame) % 3) * 2).slice(0, 2)).join('')}`;
