import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AcceptedView, UploadView } from '../../lib/requests/accepted-view.ts';
import { StatusView } from '../../lib/requests/views.ts';
import type { RowpressProcess } from '../../samples/demo/rowpress-process.ts';
import { until } from '../../samples/demo/until.ts';
import { makePlace, type Place } from '../support/place.ts';
import { queueUrl } from '../support/queues.ts';
import { canaries, classes } from './logs.cases.ts';

const SOON = { seconds: 60 };

let place: Place;
let rowpress: RowpressProcess;
let stranger: Server;
let strangerUrl: string;

beforeAll(async () => {
  place = await makePlace();
  rowpress = await place.start();
  // Image host and webhook receiver in one: it fails at everything, and talks while it does.
  stranger = createServer((request, response) => {
    const isWebhook = request.url?.startsWith('/hook') === true;
    const status = isWebhook ? 410 : request.url?.startsWith('/gone') === true ? 404 : 500;
    response.writeHead(status, canaries.originReason, { 'x-trace': canaries.originHeader });
    response.end(isWebhook ? canaries.webhookAnswer : canaries.originBody);
  });
  await once(stranger.listen(0, '127.0.0.1'), 'listening');
  strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await rowpress.stop();
  stranger.close();
  stranger.closeAllConnections();
  await place.remove();
});

test('no log line and no answer holds a secret, a signature or a stranger’s words', async () => {
  const secrets = [place.webhookSecret.slice('whsec_'.length)];
  const status = await runToItsEnd();
  const result = await resultOf(status.requestId, secrets);
  await askForForm(secrets);
  await sendPoison();
  const log = await logWith('the message is not JSON');

  const planted = [...Object.values(canaries), ...secrets];
  expect(planted).toHaveLength((classes[0]?.cases ?? 0) + (classes[1]?.cases ?? 0));
  expect(planted.filter((mark) => log.includes(mark))).toEqual([]);
  const told = JSON.stringify(status) + result;
  const words = [canaries.originBody, canaries.originReason, canaries.originHeader];
  expect(words).toHaveLength(classes[2]?.cases ?? 0);
  expect([...words, canaries.webhookAnswer, canaries.webhookQuery].filter((mark) => told.includes(mark))).toEqual([]);
  expect(told).toContain(canaries.productName);
});

/** A request whose images and webhook all fail. */
async function runToItsEnd(): Promise<StatusView> {
  const urls = [
    `${strangerUrl}/gone/1.jpg?X-Amz-Signature=${canaries.imageQuery}`,
    `${strangerUrl}/error/1.jpg?sig=${canaries.imageQuery}`,
    `https://user:${canaries.imagePassword}@shop.example/1.jpg`,
  ];
  const csv = `sku,name,image,note\n1,${canaries.productName},"${urls.join(',')}",x\n2,b,,"${canaries.brokenCell}\n`;
  expect((await post(csv)).status).toBe(422);
  const accepted = await post(csv.replace(`"${canaries.brokenCell}`, canaries.brokenCell));
  const { requestId } = AcceptedView.parse(await accepted.json());
  return await until('the webhook was given up', () => statusWhenTold(requestId), SOON);
}

async function post(body: string): Promise<Response> {
  const webhookUrl = `${strangerUrl}/hook?token=${canaries.webhookQuery}`;
  const headers = {
    'content-type': 'text/csv',
    'idempotency-key': canaries.idempotencyKey,
    authorization: `Bearer ${canaries.authorization}`,
  };
  const query = new URLSearchParams({ webhookUrl }).toString();
  return await fetch(`${place.apiUrl}/api/upload?${query}`, { method: 'POST', headers, body });
}

async function statusWhenTold(requestId: string): Promise<StatusView | undefined> {
  const response = await fetch(`${place.apiUrl}/api/status/${requestId}?products=all`);
  const status = StatusView.parse(await response.json());
  return status.webhook?.status === 'failed' ? status : undefined;
}

/** Everything after the input columns, which are the caller's own. */
async function resultOf(requestId: string, secrets: string[]): Promise<string> {
  const response = await fetch(`${place.apiUrl}/api/export/${requestId}`, { redirect: 'manual' });
  const location = response.headers.get('location')!;
  secrets.push(new URL(location).searchParams.get('X-Amz-Signature')!);
  return await (await fetch(location)).text();
}

async function askForForm(secrets: string[]): Promise<void> {
  const response = await fetch(`${place.apiUrl}/api/uploads`, { method: 'POST', body: '{"fileName":"a.csv"}' });
  const { upload } = UploadView.parse(await response.json());
  secrets.push(upload.fields['X-Amz-Signature']!);
}

async function sendPoison(): Promise<void> {
  const { sqs } = place.aws;
  const QueueUrl = await queueUrl(sqs, 'rowpress-local-pages');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `{ ${canaries.queueMessage}` }));
}

const logWith = (words: string): Promise<string> =>
  until('the poison was logged', () => (place.wholeLog().includes(words) ? place.wholeLog() : undefined), SOON);
