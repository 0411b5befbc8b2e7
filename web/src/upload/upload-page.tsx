import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Page } from '../app/page.tsx';
import { recall, remember } from '../app/remembered.ts';
import { useStore } from '../app/store.ts';
import { RecentRequests } from '../requests/recent-requests.tsx';
import { chooseFiles } from './choose-files.ts';
import { DropZone } from './drop-zone.tsx';
import { ExampleTable } from './example-table.tsx';
import { OptionsForm } from './options-form.tsx';
import { type Options, parseOptions, problemsOf } from './options.ts';
import { StartBar } from './start-bar.tsx';
import { UploadCard } from './upload-card.tsx';
import styles from './upload-page.module.css';
import { canStart, removeAccepted, startUploads, uploads } from './upload-queue.ts';

const OPTIONS = 'rowpress.options';
const LEAD =
  'Upload a CSV with image addresses. Every image is fetched and compressed; the same CSV comes back with the new addresses beside the old ones.';

/** Choosing files, looking at what was understood of them, and sending them. */
export function UploadPage() {
  const queue = useStore(uploads);
  const [options, setOptions] = useState(() => parseOptions(recall(OPTIONS)));
  const change = (next: Options) => {
    setOptions(next);
    if (Object.keys(problemsOf(next)).length === 0) remember(OPTIONS, JSON.stringify(next));
  };
  useGoingToTheRequest();
  const isEmpty = queue.length === 0;
  return (
    <Page title="Compress the images of a catalogue" tabTitle="Upload" lead={isEmpty && LEAD}>
      <DropZone compact={!isEmpty} onFiles={chooseFiles} />
      {isEmpty ? (
        <div className={styles.below}>
          <ExampleTable />
          <RecentRequests />
        </div>
      ) : (
        <div className={styles.chosen}>
          <ul className={styles.files} aria-label="Chosen files">
            {queue.map((upload) => (
              <UploadCard key={upload.id} upload={upload} />
            ))}
          </ul>
          <aside className={styles.side} aria-label="Options and start">
            <StartBar queue={queue} options={options} onStart={() => startUploads(options)} />
            <OptionsForm options={options} onChange={change} disabled={!queue.some(canStart)} />
          </aside>
        </div>
      )}
    </Page>
  );
}

/** A file that was sent alone has nothing more to do here. */
function useGoingToTheRequest(): void {
  const [, go] = useLocation();
  const queue = useStore(uploads);
  const [only] = queue;
  const requestId = queue.length === 1 && only?.sending.step === 'accepted' ? only.sending.requestId : null;
  useEffect(() => {
    if (requestId === null) return;
    removeAccepted();
    go(`/requests/${requestId}`);
  }, [requestId, go]);
}
