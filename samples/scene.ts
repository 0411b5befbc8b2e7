import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { drawMotif, shade, type Motif } from './motifs.ts';
import type { Textures } from './texture.ts';

/** `studio` on seamless paper, `room` on a table before a wall, `detail` close up, `cutout` without a background. */
export type View = 'studio' | 'room' | 'detail' | 'cutout';

export type Shot = { motif: Motif; colour: string; view: View; width: number; height: number };

/** How large the product's square of 1000 is within the smaller side, and where its point (500, 860) stands. */
const CAMERA: Record<View, { zoom: number; x: number; y: number }> = {
  studio: { zoom: 0.86, x: 0.5, y: 0.87 },
  room: { zoom: 0.7, x: 0.42, y: 0.86 },
  detail: { zoom: 1.7, x: 0.56, y: 1.18 },
  cutout: { zoom: 0.92, x: 0.5, y: 0.9 },
};

/** A product photo of our own making; equal shots give equal pixels. */
export async function takePhoto(shot: Shot, textures: Textures): Promise<Sharp> {
  const { width, height, view } = shot;
  const product = Buffer.from(svg(shot, view === 'cutout' ? '' : shadow, drawMotif(shot.motif, shot.colour)));
  if (view === 'cutout') return sharp(product);
  const layers: OverlayOptions[] = [
    ...(view === 'room' ? await tableAndWall(textures, width, height) : []),
    { input: product },
    { input: Buffer.from(vignette(width, height)) },
    { input: await cut(textures.grain, width, height), tile: true, blend: 'soft-light' },
  ];
  const scene = sharp(Buffer.from(backdrop(shot))).composite(layers);
  const data = await scene.removeAlpha().raw().toBuffer();
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function svg({ view, width, height }: Shot, under: string, product: string): string {
  const { zoom, x, y } = CAMERA[view];
  const scale = (Math.min(width, height) / 1000) * zoom;
  const place = `translate(${width * x} ${height * y}) scale(${scale}) translate(-500 -860)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="${place}">${under}${product}</g></svg>`;
}

/** Falls to the right, as the light comes from the left; a dark line where the product touches the ground. */
const shadow = `
  <radialGradient id="far"><stop offset="0" stop-opacity=".42"/><stop offset="1" stop-opacity="0"/></radialGradient>
  <radialGradient id="near"><stop offset="0" stop-opacity=".7"/><stop offset="1" stop-opacity="0"/></radialGradient>
  <ellipse cx="570" cy="862" rx="470" ry="74" fill="url(#far)"/><ellipse cx="500" cy="862" rx="330" ry="26" fill="url(#near)"/>`;

const TABLE_AT = 0.62;

function backdrop({ view, colour, width, height }: Shot): string {
  const paper = shade(colour, view === 'detail' ? 0.75 : 0.9);
  const wall = shade(colour, 0.55);
  const room = `<rect width="100%" height="100%" fill="${wall}"/>
    <rect y="${TABLE_AT * 100}%" width="100%" height="100%" fill="#9c6b3f"/>`;
  const seamless = `<radialGradient id="p" cx=".4" cy=".35" r=".9"><stop offset="0" stop-color="${shade(paper, 0.6)}"/>
    <stop offset="1" stop-color="${shade(paper, -0.22)}"/></radialGradient><rect width="100%" height="100%" fill="url(#p)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${view === 'room' ? room : seamless}</svg>`;
}

/** The textures lie under the product; the table's is cut to where the table is. */
async function tableAndWall(textures: Textures, width: number, height: number): Promise<OverlayOptions[]> {
  const top = Math.round(height * TABLE_AT);
  const [wall, table] = await Promise.all([cut(textures.plaster, width, top), cut(textures.wood, width, height - top)]);
  return [
    { input: wall, top: 0, left: 0, blend: 'soft-light' },
    { input: table, top, left: 0, blend: 'overlay' },
    { input: Buffer.from(edge(width, height - top)), top, left: 0 },
  ];
}

/** A layer must not be larger than what it lies on. */
async function cut(texture: Buffer, width: number, height: number): Promise<Buffer> {
  const whole = await sharp(texture).metadata();
  const size = { width: Math.min(width, whole.width), height: Math.min(height, whole.height) };
  return sharp(texture)
    .extract({ left: 0, top: 0, ...size })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

const edge = (width: number, height: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><linearGradient id="e" x2="0" y2="1">
    <stop offset="0" stop-opacity=".45"/><stop offset=".12" stop-opacity="0"/></linearGradient><rect width="100%" height="100%" fill="url(#e)"/></svg>`;

const vignette = (width: number, height: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><radialGradient id="v" r=".75">
    <stop offset=".6" stop-opacity="0"/><stop offset="1" stop-opacity=".18"/></radialGradient><rect width="100%" height="100%" fill="url(#v)"/></svg>`;
