import type { Kind, Outcome } from './kinds.ts';
import type { Motif } from './motifs.ts';
import type { View } from './scene.ts';

/** A photo of the product, and under which kind of address the sample host gives it out. */
export type Photo = { view: View; kind: Kind; way: Way };
export type Way = 'plain' | 'moved' | 'flaky' | 'busy' | 'commas-in-path' | 'commas-in-query' | 'no-extension';

/** An address that gives no image: a path of the sample host, or any other text. */
type Failing = { address: string; code: Outcome };

export type Product = {
  name: string;
  motif: Motif;
  colour: string;
  supplier: string;
  price: string;
  images: (Photo | Failing)[];
  /** Between the addresses in the cell. */
  separator?: string;
};

const shot = (view: View, kind: Kind = 'jpeg', way: Way = 'plain'): Photo => ({ view, kind, way });
const fails = (address: string, code: Outcome): Failing => ({ address, code });

const FJORD = 'Nordlys Keramik';
const CASA = 'Casa Piñón';
const ATELIER = 'Atelier Brossard & Fils';
const WALKER = 'Walker, Reed and Sons';

export const PRODUCTS: Product[] = [
  {
    name: 'Olive oil "Levante", 500 ml',
    motif: 'bottle',
    colour: '#5b7a2a',
    supplier: CASA,
    price: '12.90',
    images: [shot('studio'), shot('room'), shot('detail')],
  },
  {
    name: 'Mug Fjord 300 ml',
    motif: 'mug',
    colour: '#2f6f8f',
    supplier: FJORD,
    price: '14.50',
    images: [shot('studio'), shot('room', 'jpeg-progressive'), shot('detail')],
  },
  {
    name: 'Table lamp Söller, brass',
    motif: 'lamp',
    colour: '#c98a3a',
    supplier: ATELIER,
    price: '129.00',
    images: [shot('studio'), shot('room'), shot('detail', 'jpeg-p3')],
  },
  {
    name: 'Sneaker Río 42',
    motif: 'shoe',
    colour: '#b33a3a',
    supplier: CASA,
    price: '79.95',
    images: [shot('studio'), shot('detail'), shot('cutout', 'png')],
  },
  {
    name: 'Handbag Odéon',
    motif: 'bag',
    colour: '#7a4a2a',
    supplier: ATELIER,
    price: '189.00',
    images: [shot('studio'), shot('room', 'jpeg-left-gps'), shot('detail')],
  },
  {
    name: 'Aloe in a terracotta pot',
    motif: 'plant',
    colour: '#c2613a',
    supplier: CASA,
    price: '24.00',
    images: [shot('studio'), shot('room'), shot('cutout', 'webp')],
  },
  {
    name: 'Chair Mål, green',
    motif: 'chair',
    colour: '#3a5a4a',
    supplier: FJORD,
    price: '149.00',
    images: [shot('studio', 'jpeg-right'), shot('room'), shot('detail')],
  },
  {
    name: 'Wall clock 34 cm',
    motif: 'clock',
    colour: '#8a6a4a',
    supplier: WALKER,
    price: '39.90',
    images: [shot('studio'), shot('room', 'jpeg-finest')],
  },
  {
    name: 'Cushion, striped, 45 × 45',
    motif: 'cushion',
    colour: '#4a4a7a',
    supplier: WALKER,
    price: '19.90',
    images: [shot('studio'), shot('room'), shot('detail', 'webp')],
  },
  {
    name: 'Headphones Opus 2',
    motif: 'headphones',
    colour: '#a03060',
    supplier: WALKER,
    price: '1.249,00 €',
    images: [shot('studio'), shot('detail', 'jpeg-progressive'), shot('cutout', 'png')],
  },
  {
    name: 'Candle Santal',
    motif: 'candle',
    colour: '#d8c8a8',
    supplier: ATELIER,
    price: '22.00',
    images: [shot('studio'), shot('room'), shot('detail', 'avif')],
  },
  {
    name: 'Bowl Lagoon (fruit not included)',
    motif: 'bowl',
    colour: '#3a6a9a',
    supplier: FJORD,
    price: '34.00',
    images: [shot('studio'), shot('room', 'jpeg-cmyk')],
  },
  {
    name: 'Vinegar Jerez 250 ml',
    motif: 'bottle',
    colour: '#6a2a3a',
    supplier: CASA,
    price: '8.40',
    images: [shot('studio', 'jpeg', 'commas-in-path'), shot('room'), shot('detail')],
  },
  {
    name: 'Mug Fjord 300 ml, white',
    motif: 'mug',
    colour: '#e4e0d8',
    supplier: FJORD,
    price: '14.50',
    images: [shot('studio'), shot('room', 'jpeg', 'moved'), shot('detail', 'jpeg-grey')],
  },
  {
    name: 'Pendant lamp "Grande Ourse"',
    motif: 'lamp',
    colour: '#3a4a6a',
    supplier: ATELIER,
    price: '219.00',
    images: [shot('studio'), shot('room'), shot('detail', 'jpeg-upside-down')],
  },
  {
    name: 'Running shoe Volt 39',
    motif: 'shoe',
    colour: '#3a8a5a',
    supplier: WALKER,
    price: '99.00',
    images: [shot('studio', 'jpeg', 'flaky'), shot('room'), shot('detail')],
  },
  {
    name: 'Tote bag, canvas',
    motif: 'bag',
    colour: '#b8a888',
    supplier: WALKER,
    price: '29.00',
    images: [shot('studio', 'jpeg', 'commas-in-query'), shot('room'), shot('cutout', 'png')],
  },
  {
    name: 'Ficus, small',
    motif: 'plant',
    colour: '#e0ddd5',
    supplier: CASA,
    price: '18.50',
    images: [shot('studio'), shot('room', 'jpeg-optimised'), shot('detail')],
    separator: ' | ',
  },
  {
    name: 'Chair Mål, mustard',
    motif: 'chair',
    colour: '#c9a02a',
    supplier: FJORD,
    price: '149.00',
    images: [shot('studio'), shot('room'), shot('detail', 'jpeg-optimised-gps')],
    separator: '\n',
  },
  {
    name: 'Kitchen clock Zwölf',
    motif: 'clock',
    colour: '#b33a3a',
    supplier: WALKER,
    price: '24.90',
    images: [shot('studio', 'gif'), shot('room')],
  },
  {
    name: 'Cushion Brücke',
    motif: 'cushion',
    colour: '#a8683a',
    supplier: WALKER,
    price: '21.90',
    images: [shot('studio', 'png'), shot('room'), shot('detail')],
  },
  {
    name: 'Headphones Opus 2, film',
    motif: 'headphones',
    colour: '#2a2a2e',
    supplier: WALKER,
    price: '249.00',
    images: [shot('studio', 'gif-animated'), shot('room'), shot('detail')],
  },
  {
    name: 'Candle Figuier, film',
    motif: 'candle',
    colour: '#8a9a6a',
    supplier: ATELIER,
    price: '22.00',
    images: [shot('studio', 'webp-animated'), shot('room')],
  },
  {
    name: 'Bowl Dune',
    motif: 'bowl',
    colour: '#c8a878',
    supplier: FJORD,
    price: '31.00',
    images: [shot('studio', 'png-deep'), shot('room', 'jpeg', 'no-extension'), shot('detail')],
  },
  {
    name: 'Gin Nº 7',
    motif: 'bottle',
    colour: '#2a5a6a',
    supplier: CASA,
    price: '38.00',
    images: [shot('studio'), shot('room', 'jpeg', 'busy'), shot('cutout', 'webp')],
  },
  {
    name: 'Mug, enamelled',
    motif: 'mug',
    colour: '#1f3a5a',
    supplier: FJORD,
    price: '11.00',
    images: [shot('studio', 'jpeg-tiny'), shot('room'), shot('detail')],
  },
  {
    name: '=SUM(A1:A9) gift set',
    motif: 'bowl',
    colour: '#7a3a6a',
    supplier: WALKER,
    price: '49.00',
    images: [shot('studio'), shot('room')],
  },
  {
    name: 'Desk lamp, discontinued',
    motif: 'lamp',
    colour: '#5a5a5a',
    supplier: ATELIER,
    price: '59.00',
    images: [
      shot('studio'),
      fails('/missing/desk-lamp-2.jpg', 'not_found'),
      fails('/forbidden/desk-lamp-3.jpg', 'forbidden'),
    ],
  },
  {
    name: 'Sneaker Río 43',
    motif: 'shoe',
    colour: '#3a3a8a',
    supplier: CASA,
    price: '79.95',
    images: [
      shot('studio'),
      fails('/page/sneaker-rio-43.jpg', 'not_an_image'),
      fails('/truncated/sneaker-rio-42-1.jpg', 'corrupt_image'),
    ],
  },
  {
    name: 'Handbag Odéon, black',
    motif: 'bag',
    colour: '#2a2628',
    supplier: ATELIER,
    price: '189.00',
    images: [
      shot('room'),
      fails('/loop/handbag-odeon-black.jpg', 'http_error'),
      fails('/vector/brossard.svg', 'unsupported_format'),
    ],
  },
  {
    name: 'Cactus',
    motif: 'plant',
    colour: '#8a6a9a',
    supplier: CASA,
    price: '9.50',
    images: [shot('studio'), fails('/error/cactus-2.jpg', 'http_error')],
  },
  {
    name: 'Poster, 90 × 60',
    motif: 'clock',
    colour: '#4a6a4a',
    supplier: WALKER,
    price: '15.00',
    images: [shot('studio', 'png-huge'), fails('/endless/poster.jpg', 'too_large'), shot('room')],
  },
  {
    name: 'Cushion Internal',
    motif: 'cushion',
    colour: '#9a4a4a',
    supplier: WALKER,
    price: '17.00',
    images: [fails('http://169.254.169.254/latest/meta-data/cushion.jpg', 'blocked_url'), shot('detail')],
  },
  {
    name: 'Bottle, supplier moved',
    motif: 'bottle',
    colour: '#4a7a8a',
    supplier: CASA,
    price: '10.00',
    images: [fails('http://images.rowpress.invalid/bottle.jpg', 'dns_error')],
  },
  {
    name: 'Mug, see attachment',
    motif: 'mug',
    colour: '#aa7a4a',
    supplier: FJORD,
    price: '13.00',
    images: [
      fails('see attachment', 'invalid_url'),
      fails('ftp://files.rowpress.invalid/mug.jpg', 'unsupported_scheme'),
    ],
  },
  { name: 'Chair, photos to come', motif: 'chair', colour: '#6a6a6a', supplier: FJORD, price: '139.00', images: [] },
];
