import { localSettings } from '../settings.ts';
import { startStack } from '../stack.ts';

/** `npm run stack`: the embedded S3, SQS and DynamoDB alone. As a child of `npm start` it lives as long as that does. */
const { stackPort, dataDir } = localSettings();
const stack = await startStack({ port: stackPort, dataDir });
const isChild = process.send !== undefined;

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await stack.stop();
  process.exit();
}

process.on('SIGTERM', () => void stop());
if (isChild) {
  // Ctrl-C reaches the whole process group: the functions must still find the stack while they end.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => void stop());
  process.send?.('ready');
} else {
  process.on('SIGINT', () => void stop());
  console.log(
    `S3, SQS and DynamoDB at ${stack.endpoint}, data in ${dataDir}.\nUse it by AWS_ENDPOINT_URL=${stack.endpoint}`,
  );
}
