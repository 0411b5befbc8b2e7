import { Link } from 'wouter';
import { openKeyDialog } from '../api/api-key.ts';
import { useRequest } from '../api/queries.ts';
import { imageCounts } from '../request/image-counts.ts';
import { STATUS_WORDS } from '../request/status-words.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { bytes, count } from '../ui/format.ts';
import { CrossIcon, FileIcon } from '../ui/icons.tsx';
import { ErrorNotice, Notice } from '../ui/notice.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { focusCard, leaveCard } from './move-focus.ts';
import { FilePreview } from './preview/file-preview.tsx';
import styles from './upload-card.module.css';
import { asksForKey, removeUpload, type Sending, type Upload } from './upload-queue.ts';

/** One chosen file: what is in it, and how far its sending has come. */
export function UploadCard({ upload }: { upload: Upload }) {
  const { id, file, sending } = upload;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <FileIcon size={22} />
        <div className={styles.name}>
          <h2 tabIndex={-1}>{file.name}</h2>
          <p>{bytes(file.size)}</p>
        </div>
        <Button
          look="quiet"
          small
          aria-label={`${removeWord(sending)} ${file.name}`}
          onClick={({ currentTarget }) => {
            leaveCard(currentTarget.closest('li'));
            removeUpload(id);
          }}
        >
          <CrossIcon />
        </Button>
      </div>
      <SendingState sending={sending} file={file} />
      {sending.step !== 'accepted' && <Understood upload={upload} />}
    </li>
  );
}

const removeWord = ({ step }: Sending) => (step === 'sending' || step === 'held' ? 'Stop sending' : 'Remove');

function Understood({ upload: { reading, sending } }: { upload: Upload }) {
  if (reading.state === 'unreadable') {
    return (
      <Notice tone={reading.code === 'no_preview' ? 'warn' : 'bad'} title="This file can’t be used as it is.">
        <p>{reading.message}</p>
        {reading.todo !== '' && <p>{reading.todo}</p>}
      </Notice>
    );
  }
  return <FilePreview preview={reading.preview} folded={sending.step !== 'chosen' && sending.step !== 'refused'} />;
}

function SendingState({ sending, file }: { sending: Sending; file: File }) {
  switch (sending.step) {
    case 'chosen':
      return null;
    case 'waiting':
      return <p className={styles.state}>Waiting for its turn …</p>;
    case 'sending':
      return <Sent sent={sending.sent} file={file} />;
    case 'held':
      return (
        <Notice tone="warn" title="The upload was interrupted.">
          It goes on by itself as soon as Rowpress answers again, and makes one request all the same.
        </Notice>
      );
    case 'refused':
      return <Refused error={sending.error} />;
    case 'accepted':
      return <Accepted requestId={sending.requestId} />;
  }
}

/** Its notice goes away once a key is taken, so that the dialog must give the focus back to something else. */
function Refused({ error }: { error: unknown }) {
  if (!asksForKey(error)) return <ErrorNotice error={error} />;
  const ask = (button: Element) => {
    focusCard(button.closest('li'));
    openKeyDialog();
  };
  return (
    <ErrorNotice
      error={error}
      action={<Button onClick={({ currentTarget }) => ask(currentTarget)}>Enter a key</Button>}
    />
  );
}

function Sent({ sent, file }: { sent: number; file: File }) {
  const isSent = sent >= file.size;
  const words = isSent ? 'Sent. Its rows are being read …' : `${bytes(sent)} of ${bytes(file.size)} sent`;
  return (
    <div className={styles.sending}>
      <ProgressBar label={`Upload of ${file.name}`} total={file.size} good={sent} valueText={words} />
      <p>{words}</p>
    </div>
  );
}

/** How its request fares, in short. */
function Accepted({ requestId }: { requestId: string }) {
  const { data: request } = useRequest(requestId);
  const link = <Link href={`/requests/${requestId}`}>Open the request</Link>;
  if (!request) return <p className={styles.state}>Accepted. {link}</p>;
  const { total, compressed, failed, cancelled, ended } = imageCounts(request);
  const words = `${count(ended)} of ${count(total)} images done`;
  return (
    <div className={styles.sending}>
      <ProgressBar
        label={`Images of ${request.fileName}`}
        {...{ total, good: compressed, bad: failed, left: cancelled, valueText: words }}
      />
      <p className={styles.state}>
        <Badge tone={STATUS_WORDS[request.status].tone}>{STATUS_WORDS[request.status].label}</Badge> {words} {link}
      </p>
    </div>
  );
}
