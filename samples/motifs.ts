/*
 * Products as vector drawings, 1000 x 1000, standing on y = 860. No letters: fonts differ between machines, and the
 * images must not.
 */

/** A colour `#rrggbb` made darker (below 0) or lighter (above 0), by up to 1. */
export function shade(colour: string, by: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const to = by < 0 ? 0 : 255;
  return `#${channels
    .map((v) =>
      Math.round(v + (to - v) * Math.abs(by))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const stops = (colours: [offset: number, colour: string][]) =>
  colours.map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`).join('');

/** Light from the left on something round. */
const round = (id: string, c: string) =>
  `<linearGradient id="${id}">${stops([
    [0, shade(c, -0.45)],
    [0.18, shade(c, 0.1)],
    [0.32, shade(c, 0.5)],
    [0.5, c],
    [0.85, shade(c, -0.45)],
    [1, shade(c, -0.25)],
  ])}</linearGradient>`;

/** Light from above on something flat or soft. */
const soft = (id: string, c: string) =>
  `<linearGradient id="${id}" x2="0.4" y2="1">${stops([
    [0, shade(c, 0.35)],
    [0.5, c],
    [1, shade(c, -0.4)],
  ])}</linearGradient>`;

const label = (x: number, y: number, width: number, height: number, c: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="#f4efe4" opacity=".94"/>
   <circle cx="${x + width / 2}" cy="${y + height * 0.3}" r="${height * 0.14}" fill="${shade(c, -0.2)}"/>
   ${[0.55, 0.66, 0.77, 0.86]
     .map((at, i) => {
       const inset = width * (0.15 + i * 0.05);
       return `<rect x="${x + inset}" y="${y + height * at}" width="${width - 2 * inset}" height="${height * 0.045}" fill="#4a443c"/>`;
     })
     .join('')}`;

const stitches = (path: string, c: string) =>
  `<path d="${path}" fill="none" stroke="${shade(c, 0.45)}" stroke-width="5" stroke-dasharray="14 10"/>`;

const DRAWINGS = {
  bottle: (c: string) => `${round('a', c)}${round('b', '#2b2622')}
    <path d="M440 130h120v150c0 70 90 90 90 200v340q0 40-40 40H390q-40 0-40-40V480c0-110 90-130 90-200z" fill="url(#a)"/>
    <rect x="430" y="90" width="140" height="90" rx="12" fill="url(#b)"/>
    <path d="M395 500q-5-60 40-110" stroke="#fff" stroke-width="14" fill="none" opacity=".5" stroke-linecap="round"/>
    ${label(365, 540, 270, 230, c)}`,
  mug: (c: string) => `${round('a', c)}
    <path d="M650 470h60q110 0 110 120t-110 120h-70" fill="none" stroke="${shade(c, -0.3)}" stroke-width="56"/>
    <path d="M650 466h60q106 0 106 114" fill="none" stroke="${shade(c, 0.25)}" stroke-width="14"/>
    <path d="M270 380h400v400q0 80-80 80H350q-80 0-80-80z" fill="url(#a)"/>
    <ellipse cx="470" cy="380" rx="200" ry="46" fill="${shade(c, 0.3)}"/>
    <ellipse cx="470" cy="388" rx="180" ry="36" fill="#3a2415"/>
    <ellipse cx="440" cy="384" rx="70" ry="12" fill="#8a5a33" opacity=".6"/>
    <path d="M270 640h400v60H270z" fill="${shade(c, -0.5)}" opacity=".35"/>`,
  lamp: (c: string) => `${round('a', '#b08d4f')}${soft('b', c)}
    <radialGradient id="g"><stop offset="0" stop-color="#fff3c4" stop-opacity=".9"/><stop offset="1" stop-color="#fff3c4" stop-opacity="0"/></radialGradient>
    <ellipse cx="500" cy="480" rx="380" ry="260" fill="url(#g)"/>
    <rect x="484" y="450" width="32" height="380" fill="url(#a)"/>
    <path d="M370 860q0-50 130-50t130 50z" fill="url(#a)"/>
    <path d="M380 140h240l120 330H260z" fill="url(#b)"/>
    <path d="M266 452h468l6 18H260z" fill="${shade(c, 0.6)}"/>
    ${[300, 380, 460, 540, 620, 700].map((x) => `<path d="M${500 + (x - 500) * 0.5} 140L${x} 470" stroke="${shade(c, -0.35)}" stroke-width="3" opacity=".5"/>`).join('')}`,
  shoe: (c: string) => `${soft('a', c)}${soft('s', '#f2f0ea')}
    <path d="M110 790q0-60 20-110c20-60 30-160 60-220 20-30 60-20 90 10 50 60 100 60 150 10l60-60c50 60 130 120 230 150 120 30 190 60 190 170v50z" fill="url(#a)"/>
    <path d="M100 780h830q10 80-50 80H150q-60 0-50-80z" fill="url(#s)"/>
    <path d="M100 812h832" stroke="${shade(c, -0.2)}" stroke-width="8"/>
    <path d="M720 570c-40 60-40 150 10 210h190v-40c0-110-70-140-200-170z" fill="${shade(c, 0.25)}" opacity=".55"/>
    ${[0, 1, 2, 3, 4].map((i) => `<path d="M${470 + i * 48} ${450 + i * 30}l-50 74" stroke="#fff" stroke-width="16" stroke-linecap="round"/>`).join('')}
    ${stitches('M190 500q30 150 180 190t300 60', c)}`,
  bag: (c: string) => `${soft('a', c)}
    <path d="M340 400V300q0-160 160-160t160 160v100" fill="none" stroke="${shade(c, -0.5)}" stroke-width="30"/>
    <path d="M230 380h540l60 420q6 60-54 60H224q-60 0-54-60z" fill="url(#a)"/>
    <path d="M230 380h540l16 110q-286 150-572 0z" fill="${shade(c, -0.25)}"/>
    <rect x="455" y="510" width="90" height="70" rx="12" fill="#c9a45c"/><circle cx="500" cy="545" r="14" fill="#6d5523"/>
    ${stitches('M200 800h600M246 400h508M196 760L244 420M804 760L756 420', c)}`,
  plant: (c: string) => `${round('a', c)}
    ${[-60, -38, -18, 0, 20, 42, 62]
      .map((turn, i) => {
        const leaf = shade('#3f7d46', (i % 3) * 0.12 - 0.15);
        return `<g transform="rotate(${turn} 500 640)"><path d="M500 640q-70-220 0-${430 + (i % 2) * 70}q70 ${200 + (i % 2) * 70} 0 ${430 + (i % 2) * 70}" fill="${leaf}"/><path d="M500 640V270" stroke="${shade(leaf, 0.3)}" stroke-width="5"/></g>`;
      })
      .join('')}
    <path d="M330 600h340l-40 230q-6 30-36 30H406q-30 0-36-30z" fill="url(#a)"/>
    <rect x="310" y="570" width="380" height="70" rx="14" fill="url(#a)"/>`,
  chair: (c: string) => `${soft('a', c)}${round('w', '#a8794a')}
    <path d="M300 860l30-300h36l-20 300zM700 860l-30-300h-36l20 300zM390 800l14-240h24l-10 240zM610 800l-14-240h-24l10 240z" fill="url(#w)"/>
    <path d="M300 140q200-60 400 0 40 200 10 360H290q-30-160 10-360z" fill="url(#a)"/>
    <path d="M260 500q240-50 480 0 30 40 0 80-240 40-480 0-30-40 0-80z" fill="${shade(c, 0.15)}"/>
    ${[400, 500, 600].map((x) => `<circle cx="${x}" cy="280" r="12" fill="${shade(c, -0.5)}"/><circle cx="${x + (x - 500) * 0.1}" cy="390" r="12" fill="${shade(c, -0.5)}"/>`).join('')}
    ${stitches('M320 165q180-46 360 0', c)}`,
  clock: (c: string) => `${soft('a', c)}
    <circle cx="500" cy="520" r="340" fill="url(#a)"/><circle cx="500" cy="520" r="284" fill="#f7f4ec"/>
    <circle cx="500" cy="520" r="284" fill="none" stroke="#000" stroke-width="10" opacity=".18"/>
    ${[...Array(60).keys()].map((i) => `<path d="M500 252v${i % 5 ? 14 : 40}" transform="rotate(${i * 6} 500 520)" stroke="#26221e" stroke-width="${i % 5 ? 4 : 12}"/>`).join('')}
    <path d="M500 540V330M490 524l150 90" stroke="#26221e" stroke-width="18" stroke-linecap="round"/>
    <path d="M500 580L420 290" stroke="#c0392b" stroke-width="6"/><circle cx="500" cy="520" r="20" fill="${shade(c, -0.3)}"/>`,
  cushion: (c: string) => `${soft('a', c)}
    <path d="M180 300q320 60 640 0 60 280 10 540-330-50-660 10-60-280 10-550z" fill="url(#a)"/>
    ${[0, 1, 2, 3, 4, 5]
      .map(
        (i) =>
          `<path d="M${235 + i * 104} 322q18 250-8 508" stroke="${shade(c, i % 2 ? 0.45 : -0.35)}" stroke-width="26" opacity=".6" fill="none"/>`,
      )
      .join('')}
    <path d="M180 300q320 60 640 0M170 850q330-60 660-10" stroke="${shade(c, -0.4)}" stroke-width="8" fill="none"/>`,
  headphones: (c: string) => `${soft('a', c)}${soft('b', '#3a3a3e')}
    <path d="M230 620V500q0-290 270-290t270 290v120" fill="none" stroke="url(#b)" stroke-width="64"/>
    <path d="M245 470q10-240 255-244" fill="none" stroke="#fff" stroke-width="8" opacity=".35"/>
    <rect x="150" y="540" width="170" height="320" rx="80" fill="url(#a)"/><rect x="680" y="540" width="170" height="320" rx="80" fill="url(#a)"/>
    <rect x="290" y="570" width="70" height="260" rx="35" fill="#1c1c1f"/><rect x="640" y="570" width="70" height="260" rx="35" fill="#1c1c1f"/>
    <circle cx="222" cy="700" r="34" fill="${shade(c, 0.5)}"/><circle cx="778" cy="700" r="34" fill="${shade(c, -0.2)}"/>`,
  candle: (c: string) => `${round('a', c)}${round('b', '#d8d2c6')}
    <radialGradient id="f"><stop offset="0" stop-color="#fff7d6"/><stop offset=".4" stop-color="#ffc44d"/><stop offset="1" stop-color="#ff8a1e" stop-opacity="0"/></radialGradient>
    <path d="M330 420h340v400q0 40-40 40H370q-40 0-40-40z" fill="url(#a)"/><ellipse cx="500" cy="420" rx="170" ry="36" fill="${shade(c, 0.4)}"/>
    <path d="M500 420v-70" stroke="#2b2622" stroke-width="8"/><ellipse cx="500" cy="300" rx="60" ry="110" fill="url(#f)"/>
    ${label(370, 540, 260, 220, c)}`,
  bowl: (c: string) => `${round('a', c)}
    <ellipse cx="500" cy="560" rx="380" ry="80" fill="${shade(c, -0.45)}"/>
    ${['#d9482b', '#e8a33d', '#7a9a3a', '#c93756', '#e0bb4a'].map((fruit, i) => `<radialGradient id="o${i}" cx=".35" cy=".3"><stop offset="0" stop-color="${shade(fruit, 0.5)}"/><stop offset=".5" stop-color="${fruit}"/><stop offset="1" stop-color="${shade(fruit, -0.5)}"/></radialGradient><circle cx="${270 + i * 115}" cy="${490 - (i % 2) * 70}" r="105" fill="url(#o${i})"/>`).join('')}
    <path d="M120 560q380 160 760 0-20 230-250 280v20H370v-20q-230-50-250-280z" fill="url(#a)"/>`,
} as const satisfies Record<string, (colour: string) => string>;

export type Motif = keyof typeof DRAWINGS;

/** SVG content, with gradients of its own: one drawing per SVG document. */
export const drawMotif = (motif: Motif, colour: string): string => DRAWINGS[motif](colour);
