import type { ImageErrorCode } from '../api/types.ts';

type RowErrorCode =
  'no_images' | 'too_many_images' | 'url_too_long' | 'urls_too_large' | 'cell_too_large' | 'extra_cells';

/** `retry`: whether the same images may do better when they are tried again as they are. */
export type FailureReason = { title: string; todo: string; retry: 'likely' | 'unlikely' | 'never' };

const CORRECT = 'Correct it in the failed rows, and upload those.';

const IMAGE_REASONS: Record<ImageErrorCode, FailureReason> = {
  invalid_url: {
    title: 'The address is not a URL',
    todo: `Look for typing errors and for cells that hold something else. ${CORRECT}`,
    retry: 'never',
  },
  blocked_url: {
    title: 'The address is not public',
    todo: 'It leads into a private network, which is never fetched. Use an address that anybody can open.',
    retry: 'never',
  },
  unsupported_scheme: {
    title: 'The address is neither http nor https',
    todo: 'Files on a disk or an FTP server must be put on the web first.',
    retry: 'never',
  },
  dns_error: {
    title: 'The server’s name was not found',
    todo: 'Check the spelling of the host. If it is right, its owner may be moving it: try again later.',
    retry: 'likely',
  },
  connect_error: {
    title: 'No connection to the server',
    todo: 'It was down or broke off. Try again later.',
    retry: 'likely',
  },
  tls_error: {
    title: 'No secure connection to the server',
    todo: 'Its certificate is wrong or out of date: its owner must renew it. Then try again.',
    retry: 'unlikely',
  },
  timeout: {
    title: 'The server took too long',
    todo: 'Try again when it is less busy.',
    retry: 'likely',
  },
  http_error: {
    title: 'The server answered with an error',
    todo: 'Something is wrong on its side. Try again later; if it stays, tell the supplier.',
    retry: 'likely',
  },
  not_found: {
    title: 'There is no such image',
    todo: `It was removed, renamed or mistyped. Ask the supplier for the new address. ${CORRECT}`,
    retry: 'unlikely',
  },
  forbidden: {
    title: 'The server refuses to give it out',
    todo: 'The link may have run out or want a login. Ask the supplier to open it, then try again.',
    retry: 'unlikely',
  },
  rate_limited: {
    title: 'The server asked for fewer requests',
    todo: 'Wait some minutes, then try these again.',
    retry: 'likely',
  },
  too_large: {
    title: 'The image is too large in bytes',
    todo: 'Ask for a smaller version of it; 25 MB is the usual limit.',
    retry: 'never',
  },
  not_an_image: {
    title: 'It is not an image',
    todo: 'Often a web page that shows the image, or nothing at all: use the address of the image itself.',
    retry: 'unlikely',
  },
  unsupported_format: {
    title: 'A format that can’t be read',
    todo: 'JPEG, PNG, WebP, GIF and AVIF can. Ask for one of them instead of SVG, TIFF, PSD or HEIC.',
    retry: 'never',
  },
  corrupt_image: {
    title: 'The image is damaged',
    todo: 'Part of it is missing. Ask the supplier to upload it anew, then try again.',
    retry: 'unlikely',
  },
  too_many_pixels: {
    title: 'The image has too many pixels',
    todo: 'Ask for a smaller version of it; 50 megapixels is the usual limit.',
    retry: 'never',
  },
  gave_up: {
    title: 'Given up after several tries',
    todo: 'It kept breaking the work on it. Try once more; if it stays, leave this image out.',
    retry: 'likely',
  },
  cancelled: {
    title: 'Cancelled before its turn',
    todo: 'Try again to have these done, too.',
    retry: 'likely',
  },
};

const ROW_REASONS: Record<RowErrorCode, FailureReason> = {
  no_images: { title: 'The row has no image', todo: `Its image cell is empty. ${CORRECT}`, retry: 'never' },
  too_many_images: {
    title: 'Too many images in one row',
    todo: `Spread them over several rows. ${CORRECT}`,
    retry: 'never',
  },
  url_too_long: {
    title: 'An address is too long',
    todo: `Such addresses are mostly broken. ${CORRECT}`,
    retry: 'never',
  },
  urls_too_large: {
    title: 'The addresses are too long together',
    todo: `Spread them over several rows. ${CORRECT}`,
    retry: 'never',
  },
  cell_too_large: { title: 'A cell holds too much text', todo: `Shorten it. ${CORRECT}`, retry: 'never' },
  extra_cells: {
    title: 'The row has more cells than the header',
    todo: `A text that holds the delimiter needs quotes around it. ${CORRECT}`,
    retry: 'never',
  },
};

const REASONS = new Map<string, FailureReason>(Object.entries({ ...IMAGE_REASONS, ...ROW_REASONS }));

/** Why images or rows failed with this code, in plain words; codes yet unknown to this page keep their name. */
export const failureReason = (code: string): FailureReason =>
  REASONS.get(code) ?? { title: code.replaceAll('_', ' '), todo: 'The result file tells more.', retry: 'unlikely' };

const isImageCode = (code: string): code is ImageErrorCode => Object.hasOwn(IMAGE_REASONS, code);

export type Failure = FailureReason & { code: string; count: number };

/** The most frequent first. */
export const failuresOf = (failures: Record<string, number>): Failure[] =>
  Object.entries(failures)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ code, count, ...failureReason(code) }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));

/** What to ask for when these are to be tried again; null where that can't help: rows can only be corrected. */
export const retryCode = ({ code, retry }: Failure): ImageErrorCode | null =>
  retry !== 'never' && isImageCode(code) ? code : null;
