import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { logger } from '../logger.ts';
import { DEFAULT_OWNER } from '../requests/owner.ts';
import { etagOf, isHeld } from './etag.ts';
import { problemResponse } from './problem-response.ts';

/** What an authorizer says of the caller; without one everybody is the same owner. */
export type ApiEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: { lambda?: { owner?: string } } }
>;

export type ApiResponse = APIGatewayProxyStructuredResultV2;

/** The one middy stack of functions that answer HTTP: whatever is thrown becomes application/problem+json. */
export const api = (work: (event: ApiEvent) => Promise<ApiResponse>) =>
  middy<ApiEvent, ApiResponse>()
    .use(injectLambdaContext(logger))
    .onError((request) => {
      request.response = problemResponse(request.error);
    })
    .handler((event: ApiEvent) => work(event));

/** Answers are about what changes, so no cache may keep them. */
export const json = (statusCode: number, body: unknown): ApiResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/**
 * As `json`, but a caller that asks again and holds the same answer already is told just that. Nothing is left out of the
 * comparison: what has moved by a single image is another answer.
 */
export function conditionalJson({ headers }: ApiEvent, body: unknown): ApiResponse {
  const text = JSON.stringify(body);
  const fresh = { etag: `W/${etagOf(text)}`, 'cache-control': 'private, no-cache' };
  if (isHeld(headers['if-none-match'], fresh.etag)) return { statusCode: 304, headers: fresh, body: '' };
  return { statusCode: 200, headers: { 'content-type': 'application/json', ...fresh }, body: text };
}

export const redirect = (location: string): ApiResponse => ({
  statusCode: 307,
  headers: { location, 'cache-control': 'no-store' },
  body: '',
});

/** Whose requests this call may see. */
export const ownerOf = (event: ApiEvent): string => event.requestContext.authorizer?.lambda?.owner ?? DEFAULT_OWNER;
