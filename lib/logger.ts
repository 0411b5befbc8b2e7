import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines. What is logged: ids, codes, counts and durations. Never bodies, signatures or URLs with their queries. */
export const logger = new Logger({ serviceName: 'rowpress' });
