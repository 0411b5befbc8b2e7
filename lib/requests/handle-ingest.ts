import { ingestCsv, type IngestDeps } from './ingest-csv.ts';
import type { IngestMessage } from './messages.ts';
import { resendRequest } from './resend-request.ts';
import { ingestRetry } from './retry-request.ts';

/** Keeps what one of our own messages on the ingest queue promises. */
export async function handleIngest(message: IngestMessage, deps: IngestDeps): Promise<void> {
  switch (message.kind) {
    case 'ingest':
      await ingestCsv(message.requestId, deps);
      break;
    case 'retry':
      await ingestRetry(message, deps);
      break;
    case 'resend':
      await resendRequest(message.requestId, deps);
  }
}
