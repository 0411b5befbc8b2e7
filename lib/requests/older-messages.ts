import * as z from 'zod';
import type { Queue } from '../aws/queue.ts';
import { RequestId } from './ids.ts';
import type { IngestMessage } from './messages.ts';
import { hasEnded } from './request.ts';
import type { RequestStore } from './request-store.ts';

/** A page as another version of Rowpress wrote it; of such a message no more is understood than whom it concerns. */
export const OlderPage = z.object({ requestId: RequestId, again: z.boolean().catch(false) });

/** The same of the finish and webhook queues: those of today have a generation. */
export const OlderMessage = z.object({ requestId: RequestId, generation: z.undefined().optional() });

type Older = { requestId: string; again?: boolean };

/**
 * Has whatever the request waits for sent once more, in today's shape. A page that was sent again and is still not
 * understood is thrown back: else it could go round for ever. It is dropped when its request has ended without it.
 */
export async function resendOlder(
  { requestId, again = false }: Older,
  { requests, ingestQueue }: { requests: RequestStore; ingestQueue: Queue<IngestMessage> },
): Promise<void> {
  const request = await requests.get(requestId, { consistent: true });
  if (!request || (again && hasEnded(request))) return;
  if (again) throw new Error(`a page of ${requestId} was sent again and is still not understood`);
  await ingestQueue.send({ kind: 'resend', requestId });
}
