import { describe, expect, it } from 'vitest';
import { answerOf } from './client.ts';

const called = (status: number, { data, error }: { data?: { requestId: string }; error?: unknown }) =>
  Promise.resolve({ ...(data && { data }), error, response: new Response(null, { status }) });

describe('answerOf', () => {
  it('gives the answer', async () => {
    await expect(answerOf(called(200, { data: { requestId: 'x' } }), 'requestId')).resolves.toEqual({ requestId: 'x' });
  });

  it('throws the refusal', async () => {
    const error = { code: 'not_found', detail: 'There is no such request.' };
    await expect(answerOf(called(404, { error }), 'requestId')).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });

  it('takes a 200 that is another’s word for a failure that passes', async () => {
    const other = { errorMessage: 'timeout' } as unknown as { requestId: string };
    await expect(answerOf(called(200, { data: other }), 'requestId')).rejects.toMatchObject({ status: 502 });
    await expect(answerOf(called(200, {}), 'requestId')).rejects.toMatchObject({ status: 502 });
  });

  it('takes a page in place of JSON for the same', async () => {
    await expect(answerOf(Promise.reject(new SyntaxError('<')), 'requestId')).rejects.toMatchObject({ status: 502 });
  });
});
