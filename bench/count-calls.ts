import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const CHANNEL = 'http.client.request.start';

/**
 * Counts the AWS calls of this process by their operation, retries too. They are seen where Node sends them, so that no
 * client needs to know; images are fetched by undici, which is not seen here.
 */
export function countCalls(): { stop: () => Record<string, number> } {
  const calls: Record<string, number> = {};
  const onRequest = (message: unknown) => {
    const operation = operationOf((message as { request: ClientRequest }).request);
    calls[operation] = (calls[operation] ?? 0) + 1;
  };
  subscribe(CHANNEL, onRequest);
  return {
    stop() {
      unsubscribe(CHANNEL, onRequest);
      return calls;
    },
  };
}

/** SQS and DynamoDB name it in a header, S3's client in the query, but for a few that their query tells. */
function operationOf(request: ClientRequest): string {
  const target = request.getHeader('x-amz-target');
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  const { searchParams } = new URL(request.path, 'http://s3');
  return searchParams.get('x-id') ?? `${request.method} ${[...searchParams.keys()].join()}`;
}
