import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { apiKey } from '../api/api-key.ts';
import { isTransient } from '../api/api-problem.ts';
import { KeyDialog } from '../api/key-dialog.tsx';
import { RequestPage } from '../request/request-page.tsx';
import { RequestsPage } from '../requests/requests-page.tsx';
import { DropAnywhere } from '../upload/drop-anywhere.tsx';
import { UploadPage } from '../upload/upload-page.tsx';
import { isUnderWay, uploads } from '../upload/upload-queue.ts';
import { Announcer } from './announcer.tsx';
import styles from './app.module.css';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { Page } from './page.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's idea of being offline is often wrong, above all for a server on the same machine.
      networkMode: 'always',
      retry: (_, error) => isTransient(error),
      retryDelay: (failures) => Math.min(1000 * 2 ** failures, 10_000),
      refetchOnWindowFocus: 'always',
      refetchOnReconnect: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export function App() {
  useWarningBeforeLeaving();
  const [location] = useLocation();
  useAskingAnewWithTheKey();
  return (
    <QueryClientProvider client={queries}>
      <Header />
      <main id="content" tabIndex={-1} className={styles.content}>
        <ErrorBoundary key={location}>
          <Switch>
            <Route path="/" component={UploadPage} />
            <Route path="/requests" component={RequestsPage} />
            <Route path="/requests/:requestId">
              {({ requestId }) => <RequestPage key={requestId} requestId={requestId.toUpperCase()} />}
            </Route>
            <Route component={NotFound} />
          </Switch>
        </ErrorBoundary>
      </main>
      <KeyDialog />
      <DropAnywhere />
      <Announcer />
    </QueryClientProvider>
  );
}

function NotFound() {
  return (
    <Page title="There is nothing here" lead="The address may be mistyped or out of date.">
      <p>
        <Link href="/">Upload a CSV</Link> or look at your <Link href="/requests">requests</Link>.
      </p>
    </Page>
  );
}

/** A file on its way is sent anew after a reload, which costs time: the browser asks first. */
function useWarningBeforeLeaving(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.get().some(isUnderWay)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
}

/** What was refused without a key, or with another one, is asked for again. */
function useAskingAnewWithTheKey(): void {
  useEffect(() => {
    let { key } = apiKey.get();
    return apiKey.subscribe(() => {
      if (apiKey.get().key === key) return;
      ({ key } = apiKey.get());
      void queries.invalidateQueries();
    });
  }, []);
}
