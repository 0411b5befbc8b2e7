import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { apiKey } from '../api/api-key.ts';
import { ConnectionLost, toProblem } from '../api/api-problem.ts';
import { useStore } from '../app/store.ts';
import { Button, buttonClass, type ButtonLook } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { ErrorNotice } from '../ui/notice.tsx';

type DownloadProps = { requestId: string; rows: 'all' | 'failed'; look?: ButtonLook; children: ReactNode };

/** A link to a result file; with an API key, which a link can't carry, its address is asked for first. */
export function DownloadButton({ requestId, rows, look = 'plain', children }: DownloadProps) {
  const { key } = useStore(apiKey);
  const path = `/api/export/${requestId}${rows === 'failed' ? '?rows=failed' : ''}`;
  const download = useMutation({ mutationFn: openFile });
  if (key === null) {
    return (
      <a className={buttonClass({ look })} href={path}>
        <DownloadIcon /> {children}
      </a>
    );
  }
  return (
    <>
      <Button look={look} busy={download.isPending} onClick={() => download.mutate({ path, key })}>
        <DownloadIcon /> {children}
      </Button>
      {download.error && <ErrorNotice error={download.error} />}
    </>
  );
}

async function openFile({ path, key }: { path: string; key: string }): Promise<void> {
  const response = await fetch(path, { headers: { accept: 'application/json', 'x-api-key': key } }).catch(
    (cause: unknown) => {
      throw new ConnectionLost('The address of the file could not be asked for.', { cause });
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || !hasUrl(body)) throw toProblem(response.status, body);
  location.assign(body.url);
}

const hasUrl = (body: unknown): body is { url: string } =>
  typeof body === 'object' && body !== null && 'url' in body && typeof body.url === 'string';
