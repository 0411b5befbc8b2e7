import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Call = { method: string; path: string; query: string; headers: IncomingMessage['headers']; body: Buffer };

/** `hang up` closes the connection without an answer, `breaksOff` in the middle of it. */
export type Answer =
  { status?: number; json?: unknown; text?: string; headers?: Record<string, string>; breaksOff?: boolean } | 'hang up';

/** By method and path; the answers of a list are given one after another, the last one for ever. */
export type Routes = Record<string, Answer | Answer[]>;

/** A server on a free loopback port that plays Rowpress and S3 as told, and remembers its calls. */
export const startFakeServer = async (routes: Routes = {}) => {
  const calls: Call[] = [];
  const left = new Map(Object.entries(routes).map(([route, answer]) => [route, [answer].flat()]));
  const nextAnswer = (route: string): Answer => {
    const answers = left.get(route) ?? [];
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return next ?? { status: 404, json: { title: `no ${route} here`, code: 'not_found' } };
  };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { pathname: path, search: query } = new URL(request.url ?? '', 'http://localhost');
      const { method = '', headers } = request;
      calls.push({ method, path, query, headers, body });
      respond(response, nextAnswer(`${method} ${path}`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    /** Changes what a route answers. */
    route: (route: string, ...answers: Answer[]) => left.set(route, answers),
    callsTo: (route: string) => calls.filter(({ method, path }) => `${method} ${path}` === route),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type FakeServer = Awaited<ReturnType<typeof startFakeServer>>;

/** The parts of a multipart call, in the order in which they were sent. */
export const formParts = async ({ headers, body }: Call): Promise<[string, string][]> => {
  const type = { 'content-type': headers['content-type'] ?? '' };
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated for servers with untrusted callers only
  const form = await new Response(new Uint8Array(body), { headers: type }).formData();
  return Promise.all(
    [...form].map(async ([name, value]): Promise<[string, string]> => [
      name,
      typeof value === 'string' ? value : `${value.name}: ${await value.text()}`,
    ]),
  );
};

const respond = (response: ServerResponse, answer: Answer): void => {
  if (answer === 'hang up') {
    response.destroy();
    return;
  }
  const type = answer.json === undefined ? 'text/csv' : 'application/json';
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
  const body = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json);
  if (answer.breaksOff) response.write(body, () => response.destroy());
  else response.end(body);
};
