import { useMutation } from '@tanstack/react-query';
import type { MouseEvent, ReactNode } from 'react';
import { apiKey } from '../api/api-key.ts';
import { ConnectionLost, toProblem } from '../api/api-problem.ts';
import { useStore } from '../app/store.ts';
import { Button, buttonClass, type ButtonLook } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { ErrorNotice } from '../ui/notice.tsx';

type DownloadProps = { requestId: string; rows: 'all' | 'failed'; look?: ButtonLook; children: ReactNode };

/**
 * A link to a result file. Its address is asked for first: a link carries no API key, and without a connection it would
 * leave the page for the browser's own words.
 */
export function DownloadButton({ requestId, rows, look = 'plain', children }: DownloadProps) {
  const { key } = useStore(apiKey);
  const path = `/api/export/${requestId}${rows === 'failed' ? '?rows=failed' : ''}`;
  const download = useMutation({ mutationFn: openFile });
  const start = () => download.mutate({ path, key });
  const follow = (event: MouseEvent) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    start();
  };
  const content = (
    <>
      <DownloadIcon /> {children}
    </>
  );
  return (
    <>
      {key === null ? (
        <a className={buttonClass({ look })} href={path} onClick={follow}>
          {content}
        </a>
      ) : (
        <Button look={look} busy={download.isPending} onClick={start}>
          {content}
        </Button>
      )}
      {download.error && <ErrorNotice error={download.error} />}
    </>
  );
}

/** Not one that opens another tab or saves the link. */
const isPlain = ({ button, altKey, ctrlKey, metaKey, shiftKey }: MouseEvent): boolean =>
  button === 0 && !altKey && !ctrlKey && !metaKey && !shiftKey;

async function openFile({ path, key }: { path: string; key: string | null }): Promise<void> {
  const headers = { accept: 'application/json', ...(key !== null && { 'x-api-key': key }) };
  const response = await fetch(path, { headers }).catch((cause: unknown) => {
    throw new ConnectionLost('The address of the file could not be asked for.', { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || !hasUrl(body)) throw toProblem(response.status, body);
  location.assign(body.url);
}

const hasUrl = (body: unknown): body is { url: string } =>
  typeof body === 'object' && body !== null && 'url' in body && typeof body.url === 'string';
