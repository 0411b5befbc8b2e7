import { stringify } from 'csv-stringify/sync';
import type { Picture } from './catalogue.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { Motif } from './motifs.ts';
import type { View } from './scene.ts';

type Shown = { name: string; motif: Motif; colour: string; price: string; photos: [View, Kind?][]; gone?: string };

/** Small enough for all of them to be deployed with the page: about 30 kB a picture. */
const SIDE = 400;

const SHOWN: Shown[] = [
  { name: 'Mug Fjord 300 ml', motif: 'mug', colour: '#2f6f8f', price: '14.50', photos: [['studio'], ['room']] },
  { name: 'Sneaker Río 42', motif: 'shoe', colour: '#b33a3a', price: '79.95', photos: [['studio']] },
  { name: 'Table lamp Söller, brass', motif: 'lamp', colour: '#c98a3a', price: '129.00', photos: [['studio']] },
  { name: 'Handbag Odéon', motif: 'bag', colour: '#7a4a5a', price: '189.00', photos: [['studio', 'webp']] },
  { name: 'Olive oil "Levante", 500 ml', motif: 'bottle', colour: '#5b7a2a', price: '12.90', photos: [['studio']] },
  { name: 'Headphones Still', motif: 'headphones', colour: '#3a5a8a', price: '99.00', photos: [['cutout', 'png']] },
  { name: 'Chair Mål, mustard', motif: 'chair', colour: '#c99a2e', price: '149.00', photos: [['studio']] },
  {
    name: 'Wall clock Uhr, discontinued',
    motif: 'clock',
    colour: '#4a6a4a',
    price: '45.00',
    photos: [['studio']],
    gone: 'wall-clock-2.jpg',
  },
];

/** Stands in the CSV for where the page is served from, which is known only there. */
const PAGE_ORIGIN = 'https://rowpress.invalid';

/** Where the page has the pictures. */
const FOLDER = '/sample';

/** A small CSV to try the page with. One of its images is gone, as in any real catalogue. */
export const pageSampleCsv = (): string =>
  stringify([
    ['SKU', 'Product Name', 'Input Image Urls', 'Price (EUR)'],
    ...SHOWN.map((product, row) => {
      const files = [...picturesOf(product).map(({ file }) => file), ...(product.gone ? [product.gone] : [])];
      return [
        `RP-${String(row + 1).padStart(3, '0')}`,
        product.name,
        files.map((file) => `${PAGE_ORIGIN}${FOLDER}/${file}`).join(', '),
        product.price,
      ];
    }),
  ]);

/** The pictures of that CSV. */
export const pageSamplePictures = (): Picture[] => SHOWN.flatMap(picturesOf);

const picturesOf = ({ motif, colour, photos }: Shown): Picture[] =>
  photos.map(([view, kind = 'jpeg'], at) => ({
    file: `${motif}-${at + 1}.${KINDS[kind].extension}`,
    kind,
    shots: [{ motif, colour, view, width: SIDE, height: SIDE }],
  }));
