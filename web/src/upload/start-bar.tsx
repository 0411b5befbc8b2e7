import { Button } from '../ui/button.tsx';
import { count, plural } from '../ui/format.ts';
import { type Options, problemsOf } from './options.ts';
import styles from './start-bar.module.css';
import { canStart, hasNoImages, isUnderWay, type Upload } from './upload-queue.ts';

type StartBarProps = { queue: readonly Upload[]; options: Options; onStart: () => void };

/** The one thing to press; it says what it will do, or why it can't. */
export function StartBar({ queue, options, onStart }: StartBarProps) {
  const ready = queue.filter(canStart);
  const hasProblems = Object.keys(problemsOf(options)).length > 0;
  return (
    <div className={styles.bar}>
      <Button look="primary" className={styles.start} busy={ready.length === 0 || hasProblems} onClick={onStart}>
        {startLabel(ready)}
      </Button>
      <p className={styles.words} role="status">
        {hasProblems ? 'Correct the options that are marked first.' : wordsOf(queue, ready)}
      </p>
    </div>
  );
}

function startLabel(ready: readonly Upload[]): string {
  if (ready.length === 0) return 'Compress';
  const previews = ready.map(({ reading }) => (reading.state === 'unreadable' ? null : reading.preview));
  if (previews.some((preview) => preview?.share !== 1)) return `Compress ${plural(ready.length, 'file')}`;
  return `Compress ${plural(
    previews.reduce((sum, preview) => sum + (preview?.images ?? 0), 0),
    'image',
  )}`;
}

function wordsOf(queue: readonly Upload[], ready: readonly Upload[]): string {
  if (queue.some(isUnderWay)) return 'Keep this page open until the upload is complete.';
  if (ready.length === 0) {
    const accepted = queue.filter(({ sending }) => sending.step === 'accepted').length;
    if (accepted > 0) return `${plural(accepted, 'file was', 'files were')} accepted.`;
    return queue.some(hasNoImages) ? 'No row has an image to compress.' : 'Choose a file that can be read.';
  }
  if (ready.length < queue.length) return `${count(ready.length)} of ${plural(queue.length, 'file')} can be sent.`;
  return 'The original images stay where they are.';
}
