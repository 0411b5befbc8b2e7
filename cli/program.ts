import { Argument, Command, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { apiClient, DEFAULT_ENDPOINT } from './api-client.ts';
import { exportResults, type ExportFlags } from './commands/export.ts';
import { cancel, type CancelFlags } from './commands/cancel.ts';
import { list, type ListFlags } from './commands/list.ts';
import { redeliver, REDELIVER_HELP, type RedeliverFlags } from './commands/redeliver.ts';
import { retry, RETRY_HELP, type RetryFlags } from './commands/retry.ts';
import { run, type RunFlags } from './commands/run.ts';
import { status, type StatusFlags } from './commands/status.ts';
import type { DropFlags } from './commands/drop.ts';
import type { RedriveFlags } from './commands/redrive.ts';
import type { Context } from './context.ts';
import { EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import { addImageFlags, webAddress, wholeNumber } from './image-options.ts';
import type { Session } from './session.ts';

type Finish = (exitCode: ExitCode) => void;

/** The commands and their flags; `finish` gets the exit code of the command that ran. */
export const buildProgram = (session: Session, finish: Finish): Command => {
  const program = new Command('rowpress')
    .description('Compress the images of a product CSV.')
    .version(packageJson.version)
    .addHelpText('after', EXIT_CODES_HELP)
    .showHelpAfterError('Try: rowpress --help')
    .configureOutput({ writeOut: (text) => session.stdout.write(text), writeErr: (text) => session.stderr.write(text) })
    .exitOverride();
  const context = ({ endpoint }: { endpoint: string }): Context => ({
    client: apiClient(endpoint, session.signal),
    session,
  });

  addDeliveryFlags(addImageFlags(command(program, 'run <file>', 'upload a CSV, wait, and save the results')))
    .option('--no-wait', 'print the request id and leave')
    .action(async (file: string, flags: RunFlags & Endpoint) => finish(await run(file, flags, context(flags))));

  addDeliveryFlags(addImageFlags(command(program, 'drop <file>', 'put a CSV into the drop folder on S3')))
    .addOption(new Option('--bucket <name>', 'the data bucket').env('DATA_BUCKET').makeOptionMandatory())
    .option('--wait', 'find the request that it becomes, wait for it, and save the results')
    .action(async (file: string, flags: DropFlags & Endpoint) => {
      // Only this command needs the AWS SDK, which is slow to load.
      const { dropFile } = await import('./commands/drop.ts');
      finish(await dropFile(file, flags, context(flags)));
    });

  command(program, 'status <id>', 'tell how far a request has come')
    .option('--wait', 'follow it until it has ended')
    .option('--allow-failures', 'exit with 0 although images failed')
    .action(async (id: string, flags: StatusFlags & Endpoint) => finish(await status(id, flags, context(flags))));

  command(program, 'export <id>', 'save the result CSV of a request that has ended')
    .option('--failed', 'only the rows that failed, with the reasons')
    .option('--out <file>', 'where to (default: <id>.results.csv or <id>.failed.csv)')
    .action(async (id: string, flags: ExportFlags & Endpoint) =>
      finish(await exportResults(id, flags, context(flags))),
    );

  command(program, 'retry <id>', 'try the failed images of a request that has ended again')
    .option('--code <code>', 'only images that failed so; may be repeated (default: all)', collected)
    .option('--wait', 'follow it until it has ended')
    .option('--allow-failures', 'exit with 0 although images failed')
    .addHelpText('after', RETRY_HELP)
    .action(async (id: string, flags: RetryFlags & Endpoint) => finish(await retry(id, flags, context(flags))));

  command(program, 'cancel <id>', 'end a request early: what has begun is finished, the rest ends as cancelled')
    .option('--wait', 'follow it until it has ended')
    .action(async (id: string, flags: CancelFlags & Endpoint) => finish(await cancel(id, flags, context(flags))));

  command(program, 'redeliver <id>', 'have the webhook of a request that has ended delivered once more')
    .addHelpText('after', REDELIVER_HELP)
    .action(async (id: string, flags: RedeliverFlags & Endpoint) => finish(await redeliver(id, flags, context(flags))));

  command(program, 'list', 'list the newest requests')
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .action(async (flags: ListFlags & Endpoint) => finish(await list(flags, context(flags))));

  program
    .command('redrive')
    .addArgument(new Argument('<queue>', 'whose dead letters').choices(['ingest', 'pages', 'finish', 'webhooks']))
    .description('for operators: move dead letters back to the queue that they come from')
    .option('--stage <name>', 'the stage that was deployed; "local" for npm start', 'dev')
    .option('--queue-prefix <prefix>', 'of the queue names (default: rowpress-<stage>)')
    .option('--limit <n>', 'move at most so many', wholeNumber)
    .option('--dry-run', 'count, and move nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', REDRIVE_HELP)
    .action(async (queue: string, flags: RedriveFlags) => {
      const { redrive } = await import('./commands/redrive.ts');
      finish(await redrive(queue, flags, session));
    });

  return program;
};

const REDRIVE_HELP = `
Each dead-letter queue has a function that settles what a message stood for and deletes it, so what stays there could
not even be settled: a message in a shape that the code does not know, or trouble of the table at the time. Mend the
cause, then redrive. Each message is sent before it is deleted: a run that breaks off may leave one twice, which does no
harm, for all work is done once however often it is asked for. One that fails again comes back.
Credentials, region and endpoint are those of the AWS environment (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL).`;

const collected = (code: string, others: readonly string[] = []): string[] => [...others, code];

type Endpoint = { endpoint: string };

/** A subcommand with the flags that all of them have. */
const command = (program: Command, usage: string, description: string): Command =>
  program
    .command(usage)
    .description(description)
    .addOption(
      new Option('--endpoint <url>', 'where Rowpress runs')
        .env('ROWPRESS_ENDPOINT')
        .default(DEFAULT_ENDPOINT)
        .argParser(webAddress),
    )
    .option('--json', 'print JSON');

const addDeliveryFlags = (to: Command): Command =>
  to
    .option('--out <dir>', 'where to save the results (default: beside the file)')
    .option('--allow-failures', 'exit with 0 although images failed');
