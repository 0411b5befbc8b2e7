import { useEffect } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useRequests } from '../api/queries.ts';
import { Page } from '../app/page.tsx';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { SearchIcon } from '../ui/icons.tsx';
import { ErrorNotice, Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { useNow } from '../ui/use-now.ts';
import { RequestRow } from './request-row.tsx';
import styles from './requests-page.module.css';
import { asRequestId, matches } from './search.ts';

/** A search reads on by itself until it has found so many, or looked through so many pages. */
const FOUND_ENOUGH = 20;
const PAGES_SEARCHED = 20;

/** Past requests, newest first. */
export function RequestsPage() {
  const [search, setSearch] = useSearch();
  const { found, isEmpty, isReading, error, lost, older } = useFound(search.trim());
  const now = useNow(true);
  return (
    <Page title="Requests" aside={<Search search={search} onSearch={setSearch} />}>
      <Panel title="All requests, newest first" hideTitle>
        {error && <ErrorNotice error={error} />}
        {lost && <Lost isEmpty={isEmpty} />}
        <ul>
          {found.map((request) => (
            <RequestRow key={request.requestId} request={request} now={now} />
          ))}
        </ul>
        {found.length === 0 && !error && !lost && (
          <Nothing isReading={isReading} isEmpty={isEmpty} search={search.trim()} />
        )}
        <p role="status" className="visually-hidden">
          {search.trim() !== '' && !isReading && `${plural(found.length, 'request')} found`}
        </p>
        {older && (
          <div className={styles.more}>
            <Button busy={isReading} onClick={older}>
              {isReading ? 'Loading …' : 'Show older ones'}
            </Button>
          </div>
        )}
      </Panel>
    </Page>
  );
}

/** What is searched for stands in the address: it is there after a reload, on the way back, and for whoever gets the link. */
function useSearch(): [string, (search: string) => void] {
  const [params, setParams] = useSearchParams();
  return [params.get('search') ?? '', (search) => setParams(search === '' ? {} : { search }, { replace: true })];
}

/** The requests that match; for a search, older ones are read until there are enough. */
function useFound(search: string) {
  const { data, error, lost, hasNextPage, isFetchingNextPage, fetchNextPage, isPending } = useRequests();
  const pages = data?.pages ?? [];
  const all = pages.flatMap(({ requests }) => requests);
  const found = search === '' ? all : all.filter((request) => matches(request, search));
  const goesOn = search !== '' && found.length < FOUND_ENOUGH && pages.length < PAGES_SEARCHED && hasNextPage;
  useEffect(() => {
    if (goesOn && !isFetchingNextPage) void fetchNextPage();
  }, [goesOn, isFetchingNextPage, fetchNextPage]);
  const older = hasNextPage ? () => void fetchNextPage() : null;
  return { found, error, lost, older, isEmpty: all.length === 0, isReading: isPending || isFetchingNextPage };
}

function Search({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  const requestId = asRequestId(search);
  return (
    <div className={styles.search}>
      <SearchIcon />
      <input
        type="search"
        aria-label="Search by file name, id or status"
        placeholder="File name, id or status"
        value={search}
        onChange={({ target }) => onSearch(target.value)}
      />
      {requestId !== null && <Link href={`/requests/${requestId}`}>Open this request</Link>}
    </div>
  );
}

const Lost = ({ isEmpty }: { isEmpty: boolean }) => (
  <Notice tone="warn" title="No connection to Rowpress">
    {!isEmpty && 'What you see is how it last stood. '}This page keeps trying.
  </Notice>
);

type NothingProps = { isReading: boolean; isEmpty: boolean; search: string };

function Nothing({ isReading, isEmpty, search }: NothingProps) {
  if (isReading) return <p className={styles.nothing}>{search === '' ? 'Loading …' : 'Searching …'}</p>;
  if (!isEmpty) return <p className={styles.nothing}>No request matches “{search}”.</p>;
  return (
    <p className={styles.nothing}>
      There is no request yet. <Link href="/">Upload a CSV</Link> to begin.
    </p>
  );
}
