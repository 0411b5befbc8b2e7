import type { RequestHead } from '../api/types.ts';
import { STATUS_WORDS } from '../request/status-words.ts';

/** Whether every word is somewhere in the request's file name, id, status or date. */
export function matches(request: RequestHead, search: string): boolean {
  const { fileName, requestId, status, createdAt, failures } = request;
  const text = [fileName, requestId, status, STATUS_WORDS[status].label, createdAt, ...Object.keys(failures)]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A whole id is opened straight, however old its request is. */
export function asRequestId(search: string): string | null {
  const text = search.trim().toUpperCase();
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text) ? text : null;
}
