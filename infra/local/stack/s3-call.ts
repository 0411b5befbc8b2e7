import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Store } from './s3-store.ts';
import type { SqsStore } from './sqs-store.ts';
import { toXml } from './xml.ts';

/** One request to S3 and what is needed to answer it. */
export type S3Call = {
  store: S3Store;
  queues: SqsStore;
  request: IncomingMessage;
  response: ServerResponse;
  bucket: string;
  key: string;
  query: URLSearchParams;
};

/** Answers with an XML document. */
export function answerXml(response: ServerResponse, document: Parameters<typeof toXml>[0], status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${toXml(document)}`);
}
