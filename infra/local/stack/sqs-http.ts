import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { actions } from './sqs-actions.ts';
import { SqsError, toSqsError } from './sqs-error.ts';
import type { SqsStore } from './sqs-store.ts';

/** Answers one SQS request in the AWS JSON protocol. */
export async function handleSqs(request: IncomingMessage, response: ServerResponse, store: SqsStore): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const name = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const action = actions[name];
    if (!action) throw new SqsError('InvalidAction', `${name} is not served here.`);
    const input: unknown = JSON.parse(await text(request));
    answer(response, 200, await action({ store, input, request, gone: gone.signal }));
  } catch (error) {
    const { code, message, queryCode } = toSqsError(error);
    response.setHeader('x-amzn-query-error', `${queryCode};Sender`);
    answer(response, 400, { __type: `com.amazonaws.sqs#${code}`, message });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
