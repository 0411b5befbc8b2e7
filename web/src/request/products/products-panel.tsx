import { useCallback, useState } from 'react';
import { ApiProblem } from '../../api/api-problem.ts';
import type { Product, RequestView } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { hasEnded } from '../status-words.ts';
import { CompareDialog } from './compare-dialog.tsx';
import type { Range } from './product-book.ts';
import { ALL, FILTERS, type ProductFilter } from './product-filter.ts';
import { ProductList } from './product-list.tsx';
import styles from './products-panel.module.css';
import { useProducts } from './use-products.ts';

/** The products of a request as they end, in the order of the file. */
export function ProductsPanel({ view }: { view: RequestView }) {
  const [filter, setFilter] = useState(ALL);
  // Another try may leave nothing of what was looked at; what it brings later is no reason to jump back.
  if (filter !== ALL && filter.countOf(view.products) === 0) setFilter(ALL);
  const [range, setRange] = useState<Range>({ first: 0, last: 0 });
  const [compared, setCompared] = useState<{ product: Product; image: number } | null>(null);
  const compare = useCallback((product: Product, image: number) => setCompared({ product, image }), []);
  return (
    <Panel
      title="Products"
      keepsHead
      className="screen-only"
      aside={<Filters view={view} chosen={filter} onChoose={setFilter} />}
    >
      <Listed view={view} filter={filter} range={range} onRange={setRange} onCompare={compare} />
      {compared && <CompareDialog {...compared} onClose={() => setCompared(null)} />}
    </Panel>
  );
}

type ListedProps = {
  view: RequestView;
  filter: ProductFilter;
  range: Range;
  onRange: (range: Range) => void;
  onCompare: (product: Product, image: number) => void;
};

function Listed({ view, filter, range, onRange, onCompare }: ListedProps) {
  const { products, error, isComplete, hasMore, refetch } = useProducts({ view, filter, range });
  return (
    <>
      {error && <Failed error={error} onAgain={() => void refetch()} />}
      <ProductList key={filter.label} products={products} onRange={onRange} onCompare={onCompare} />
      {products.length === 0 && !error && (
        <p className={styles.empty}>{isComplete ? emptyWords(view, filter) : 'Loading …'}</p>
      )}
      {products.length > 0 && hasMore && !error && <p className={styles.empty}>Loading more …</p>}
    </>
  );
}

/** Where a key is asked for, that is what is to be done. */
function Failed({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const asksForKey = error instanceof ApiProblem && error.asksForKey;
  const again = (
    <Button small onClick={onAgain}>
      Try again
    </Button>
  );
  return <ErrorNotice error={error} action={asksForKey ? undefined : again} />;
}

function emptyWords({ status }: RequestView, { status: wanted, label }: ProductFilter): string {
  if (wanted !== null) return `No product is “${label.toLowerCase()}”${hasEnded(status) ? '.' : ' so far.'}`;
  return hasEnded(status) ? 'No product was settled.' : 'Products show up here as soon as all their images have ended.';
}

type FiltersProps = { view: RequestView; chosen: ProductFilter; onChoose: (filter: ProductFilter) => void };

function Filters({ view, chosen, onChoose }: FiltersProps) {
  const offered = FILTERS.filter((filter) => filter === ALL || filter.countOf(view.products) > 0);
  return (
    <fieldset className={styles.filters}>
      <legend className="visually-hidden">Show products</legend>
      {offered.map((filter) => (
        <label key={filter.label}>
          <input
            type="radio"
            name="products"
            className="visually-hidden"
            checked={filter === chosen}
            onChange={({ target }) => {
              onChoose(filter);
              showStart(target.closest('section'));
            }}
          />
          {filter.label} <span>{count(filter.countOf(view.products))}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Whoever has scrolled down sees another list from its start. */
function showStart(panel: HTMLElement | null): void {
  if (panel && panel.getBoundingClientRect().top < 0) panel.scrollIntoView();
}
