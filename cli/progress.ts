import type { Status } from './answers.ts';
import { formatCount, formatDecimal, formatDuration } from './format.ts';
import { printable, say, type Output, type Session } from './session.ts';

export type Progress = {
  show: (status: Status) => void;
  /** A line that stays. */
  note: (text: string) => void;
  end: () => void;
};

/** In a pipe, a line this often is enough to see that it lives. */
const PLAIN_LINE_EVERY_MS = 10_000;

const LONGEST_BAR = 24;
const SHORTEST_BAR = 5;
const CLEAR_LINE = '\r\u001B[K';

/** A bar that redraws itself on a terminal, else plain lines; on stderr, so that stdout holds results only. */
export const startProgress = ({ stdout, stderr, now }: Session): Progress =>
  stdout.isTTY && stderr.isTTY ? liveBar(stderr) : plainLines(stderr, now);

/** How far a request has come, in one line without control characters. */
export const progressLine = (status: Status): string => {
  switch (status.status) {
    case 'AWAITING_FILE':
      return 'waiting for the file to arrive';
    case 'FINISHING':
      return 'writing the result file';
    default:
      return imagesLine(status);
  }
};

const imagesLine = ({ images, progress, bytes }: Status): string => {
  const done = images.compressed + images.failed;
  return [
    `${Math.floor(progress.percent)}%`,
    `${formatCount(done)}/${formatCount(images.total)} images`,
    progress.imagesPerSecond ? `${formatDecimal(progress.imagesPerSecond)}/s` : '',
    progress.secondsLeft ? `${formatDuration(progress.secondsLeft)} left` : '',
    images.failed > 0 ? `${formatCount(images.failed)} failed` : '',
    bytes.in > 0 ? `saved ${formatDecimal(bytes.savedPercent ?? 0)}%` : '',
  ]
    .filter(Boolean)
    .join('  ');
};

/** Filled to `percent`; empty when there is no room for something worth looking at. */
export const bar = (percent: number, cells: number): string => {
  if (cells < SHORTEST_BAR) return '';
  const full = Math.floor((Math.min(Math.max(percent, 0), 100) / 100) * cells);
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} `;
};

const liveBar = (output: Output): Progress => {
  let status: Status | undefined;
  const draw = () => {
    if (!status) return;
    // One column is left free: a full line would wrap, and could not be redrawn. Some terminals say 0.
    const { columns = 0 } = output;
    const room = columns > 0 ? columns - 1 : 79;
    const line = progressLine(status);
    const cells = Math.min(LONGEST_BAR, room - line.length - 1);
    output.write(`${CLEAR_LINE}${(bar(status.progress.percent, cells) + line).slice(0, room)}`);
  };
  return {
    show: (latest) => {
      status = latest;
      draw();
    },
    note: (text) => {
      output.write(`${CLEAR_LINE}${printable(text)}\n`);
      draw();
    },
    end: () => {
      if (status) output.write('\n');
    },
  };
};

const plainLines = (output: Output, now: Session['now']): Progress => {
  let last = { line: '', phase: '', at: 0 };
  return {
    show: (status) => {
      const next = { line: progressLine(status), phase: status.status, at: now() };
      const due = next.phase !== last.phase || next.at - last.at >= PLAIN_LINE_EVERY_MS;
      if (!due || next.line === last.line) return;
      last = next;
      say(output, next.line);
    },
    note: (text) => say(output, text),
    end: () => undefined,
  };
};
