import type { ApiClient } from './api-client.ts';
import type { Session } from './session.ts';

/** What every command works with. */
export type Context = { client: ApiClient; session: Session };
