import type { RequestView, Status } from '../api/types.ts';
import { clock, count, decimal, duration, plural, roughly } from '../ui/format.ts';
import { percentOf } from './image-counts.ts';
import { hasEnded } from './status-words.ts';

/** What a request is doing, or why it seems to do nothing. */
export type Activity = { title: string; detail: string; isWaiting: boolean };

/** Whether there are answers: none at present, or none but refusals. */
export type Connection = 'live' | 'lost' | 'refused';

/** `quietMs`: for how long no figure has changed. */
export type Observation = { view: RequestView; quietMs: number; connection: Connection; now: number };

const QUIET_MS = 10_000;
/** A guess that goes by the rate so far would only grow from here on. */
const GUESS_MS = 4_000;
const LONG_QUIET_MS = 240_000;

/** In plain words; null once the request has ended. */
export function activityOf(seen: Observation): Activity | null {
  if (hasEnded(seen.view.status)) return null;
  return seen.connection === 'live' ? doing(seen) : cutOff(seen.connection);
}

const cutOff = (connection: 'lost' | 'refused'): Activity =>
  connection === 'lost'
    ? waiting(
        'No connection to Rowpress',
        'Your request goes on without this page. What you see is how it last stood; the page keeps asking.',
      )
    : waiting('How it last stood', 'Rowpress does not tell this page any more how the request goes on.');

function doing({ view, quietMs, now }: Observation): Activity | null {
  if (view.cancelledAt) {
    return waiting('Cancelling', 'Images that had begun are being finished, the rest is not fetched any more.');
  }
  switch (view.status) {
    case 'AWAITING_FILE':
      return awaitingFile(view, now);
    case 'RECEIVED':
      return view.generation > 1
        ? working('Preparing another try', 'The images that failed are being looked up.')
        : working('Reading the file', readingDetail(quietMs));
    case 'PROCESSING':
      return quietMs < QUIET_MS ? compressing(view, quietMs) : held(view, quietMs);
    case 'FINISHING':
      return working('Writing the result file', 'All images have ended. A large file takes a moment.');
    default:
      return null;
  }
}

function awaitingFile({ expiresAt }: RequestView, now: number): Activity {
  if (expiresAt !== null && Date.parse(expiresAt) < now) {
    return waiting('The file never came', 'Its time to arrive is over. Upload it again: nothing of it was kept.');
  }
  const until = expiresAt === null ? '' : ` It may arrive until ${clock(expiresAt)}.`;
  return waiting('Waiting for the file', `The request begins when its upload is complete.${until}`);
}

const readingDetail = (quietMs: number) =>
  quietMs < QUIET_MS * 3
    ? 'Its rows are being counted and handed out.'
    : 'This takes longer than usual: the file is large or the system is busy. It is begun again by itself if it breaks off.';

function compressing({ progress, images }: RequestView, quietMs: number): Activity {
  if (images.pending === images.total || progress.imagesPerSecond === 0) {
    return working('Fetching the first images', 'The first ones show up as soon as their servers answer.');
  }
  const rate = decimal(progress.imagesPerSecond);
  const left =
    progress.secondsLeft === null || quietMs > GUESS_MS ? '' : `, about ${roughly(progress.secondsLeft * 1000)} left`;
  return working('Compressing', `${rate} ${rate === '1' ? 'image' : 'images'} per second${left}`);
}

function held({ images }: RequestView, quietMs: number): Activity {
  const rest = images.pending > 0 ? plural(images.pending, 'image') : 'the last products';
  const since = `Nothing has ended for ${duration(quietMs)}.`;
  if (quietMs < LONG_QUIET_MS) {
    const why =
      'Their servers are slow, or failed at first: each has 30 s to answer, and is asked again after about 15 s and 60 s.';
    return waiting(`Waiting for ${rest}`, `${since} ${why}`);
  }
  const why = 'The system is busy, or something broke: such requests are found and taken up again by themselves.';
  return waiting(
    `Still waiting for ${rest}`,
    `${since} ${why} You may leave this page, or cancel: what is done stays.`,
  );
}

const working = (title: string, detail: string): Activity => ({ title, detail, isWaiting: false });
const waiting = (title: string, detail: string): Activity => ({ title, detail, isWaiting: true });

/** Changes whenever something has moved. */
export const progressMark = ({ status, generation, images, products }: RequestView): string =>
  [status, generation, images.total, images.pending, products.pending].join();

const ANNOUNCEMENTS: Record<Status, (view: RequestView) => string> = {
  AWAITING_FILE: () => 'Waiting for the file.',
  RECEIVED: ({ generation }) => (generation > 1 ? 'Another try is being prepared.' : 'The file is being read.'),
  PROCESSING: (view) =>
    view.cancelledAt !== null
      ? 'Cancelling.'
      : `${Math.floor(percentOf(view) / 25) * 25}% of ${plural(view.images.total, 'image')} done.`,
  FINISHING: () => 'All images have ended; the result file is being written.',
  COMPLETED: ({ images }) => `Completed: ${plural(images.compressed, 'image')} compressed. ${READY}`,
  COMPLETED_WITH_ERRORS: ({ images, products }) =>
    `Completed: ${plural(images.compressed, 'image')} compressed, ${count(images.failed)} failed. ` +
    `${count(products.failed + products.partial)} of ${plural(products.total, 'product')} not whole. ${READY}`,
  FAILED: ({ error }) => `Failed. ${error?.message ?? ''}`,
  CANCELLED: ({ images }) => `Cancelled. ${plural(images.compressed, 'image')} had been compressed.`,
};
const READY = 'The result can be downloaded.';

/** What a screen reader is told; changes at every quarter and at the end, not each second. */
export const announcement = (view: RequestView): string => ANNOUNCEMENTS[view.status](view);
