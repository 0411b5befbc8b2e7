import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Product } from '../../api/types.ts';
import type { Range } from './product-book.ts';
import styles from './product-list.module.css';
import { ProductRow } from './product-row.tsx';

const ROW_PIXELS = 89;

type ProductListProps = {
  products: readonly Product[];
  onRange: (range: Range) => void;
  onCompare: (product: Product, image: number) => void;
};

/** Only the rows in sight are in the page, however many there are. */
export function ProductList({ products, onRange, onCompare }: ProductListProps) {
  const list = useRef<HTMLUListElement>(null);
  const scrollMargin = useTop(list);
  const rows = useWindowVirtualizer({
    count: products.length,
    estimateSize: () => ROW_PIXELS,
    overscan: 8,
    scrollMargin,
    getItemKey: (at) => products[at]?.row ?? at,
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange({ first, last }), [first, last, onRange]);
  return (
    <ul ref={list} className={styles.list} style={{ height: rows.getTotalSize() }} aria-label="Products">
      {items.map(({ index, key, start }) => {
        const product = products[index];
        return (
          product && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={products.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <ProductRow product={product} onCompare={onCompare} />
            </li>
          )
        );
      })}
    </ul>
  );
}

/** How far from the top of the page an element is; what stands above it grows and shrinks. */
function useTop(element: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      const { current } = element;
      if (current) setTop(Math.round(current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
