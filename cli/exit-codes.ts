/** How the program ends; scripts rely on these numbers, and the help lists them. */
export const ExitCode = {
  done: 0,
  imagesFailed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  unfinished: 5,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODES_HELP = `
Exit codes:
  0    done, every image compressed (or --allow-failures)
  1    done, but some images or rows failed
  2    wrong arguments, or a file that can't be read or written
  3    the server refused, or the request ended FAILED or CANCELLED
  4    the server can't be reached, or keeps failing
  5    the request has not ended yet
  70   a bug in this program
  130  interrupted (Ctrl-C)`;
