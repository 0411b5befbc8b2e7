import { Problem, type RowProblem } from './answers.ts';
import { CliError, TransientError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

const SHOWN_ROWS = 20;

/** The error for an answer that is no success: 429 and 5xx may pass, `not_finished` is no refusal, the rest is one. */
export const problemFrom = async (response: Response): Promise<CliError> => {
  const body = await response.text().catch(() => '');
  const problem = parseProblem(response.headers.get('content-type') ?? '', body);
  const words = describe(response, problem);
  if (response.status === 429 || response.status >= 500) {
    return new TransientError(`The server has trouble: ${words}`);
  }
  const exitCode = problem.code === 'not_finished' ? ExitCode.unfinished : ExitCode.refused;
  return new CliError(exitCode, [words, ...rowProblemLines(problem.errors ?? [])].join('\n'));
};

/** Row problems as indented lines, the first twenty of `total`. */
export const rowProblemLines = (problems: readonly RowProblem[], total = problems.length): string[] => {
  const shown = problems.slice(0, SHOWN_ROWS);
  const lines = shown.map(({ row, column, code, message }) => {
    const place = [typeof row === 'number' ? `row ${row}` : '', column ?? ''].filter(Boolean).join(', ');
    return `  ${[place, message ?? code ?? 'unknown problem'].filter(Boolean).join(': ')}`;
  });
  return total > shown.length ? [...lines, `  … and ${total - shown.length} more`] : lines;
};

const describe = (response: Response, { title, detail, message, code }: Problem): string => {
  const words = [title, detail ?? message].filter(Boolean).join(': ') || response.statusText || 'no reason given';
  return `${words} (${[code, `HTTP ${response.status}`].filter(Boolean).join(', ')})`;
};

type Problem = ReturnType<typeof Problem.parse>;

/** JSON from Rowpress and API Gateway, XML from S3; anything else says nothing that a person could use. */
const parseProblem = (contentType: string, body: string): Problem => {
  if (contentType.includes('json')) return Problem.safeParse(parseJson(body)).data ?? {};
  if (contentType.includes('xml')) {
    const text = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(body)?.[1];
    return { code: text('Code'), detail: text('Message') };
  }
  return {};
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
