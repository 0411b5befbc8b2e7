import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { WebhookPayload } from '../../lib/requests/webhook-payload.ts';

/** One attempt as the receiver saw it. */
export type Received = { id: string; answer: number; payload: WebhookPayload };

export type WebhookReceiver = AsyncDisposable & {
  url: string;
  /** Verified attempts, in the order in which they came. */
  received: Received[];
  /** What came and was not what Rowpress promises. */
  refused: string[];
};

/**
 * A receiver on the loopback address that knows the secret and nothing else of Rowpress: it verifies by the library of
 * Standard Webhooks, and answers 500 to the first attempt of each delivery, so that there is a second.
 */
export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const refused: string[] = [];
  const verifier = new Webhook(secret);
  const receive = async (request: IncomingMessage): Promise<number> => {
    const id = String(request.headers['webhook-id']);
    try {
      const body = verifier.verify(await buffer(request), plainHeaders(request));
      const answer = received.some((earlier) => earlier.id === id) ? 204 : 500;
      received.push({ id, answer, payload: WebhookPayload.parse(body) });
      return answer;
    } catch (error) {
      refused.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
      return error instanceof WebhookVerificationError ? 401 : 400;
    }
  };
  const server = createServer((request, response: ServerResponse) => {
    void receive(request).then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/rowpress`,
    received,
    refused,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const plainHeaders = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
