import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { WebhookPayload } from '../../../lib/requests/webhook-payload.ts';

export type Attempt = { id: string; taken: boolean; body: string; payload: WebhookPayload };

/** What came for one case, in the order in which it came. */
export type Mailbox = {
  attempts: Attempt[];
  /** Told of each attempt before it is answered. */
  onAttempt: () => void;
  /** So many attempts to come are refused. */
  refusals: number;
};

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>;

/** Verifies every webhook by the library of Standard Webhooks, and takes it unless the mailbox of its file refuses. */
export async function startWebhookReceiver(secret: string) {
  const verifier = new Webhook(secret);
  const mailboxes = new Map<string, Mailbox>();
  const foreign: string[] = [];
  const receive = async (request: IncomingMessage): Promise<number> => {
    const body = await buffer(request);
    const payload = WebhookPayload.parse(verifier.verify(body, plainHeaders(request)));
    const mailbox = mailboxes.get(payload.data.fileName);
    if (!mailbox) throw new Error(`nobody waits for ${payload.data.fileName}`);
    const taken = mailbox.refusals === 0;
    if (!taken) mailbox.refusals -= 1;
    mailbox.attempts.push({ id: String(request.headers['webhook-id']), taken, body: body.toString(), payload });
    mailbox.onAttempt();
    return taken ? 204 : 500;
  };
  const server = createServer((request, response) => {
    receive(request)
      .catch((error: unknown) => {
        foreign.push(String(error));
        return 400;
      })
      .then(
        (status) => response.writeHead(status).end(),
        () => response.destroy(),
      );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/rowpress`,
    /** What came that nobody can have sent who keeps to the rules. */
    foreign: foreign as readonly string[],
    mailbox(fileName: string): Mailbox {
      const mailbox: Mailbox = { attempts: [], onAttempt: () => undefined, refusals: 1 };
      mailboxes.set(fileName, mailbox);
      return mailbox;
    },
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const plainHeaders = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
