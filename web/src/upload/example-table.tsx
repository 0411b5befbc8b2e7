import { Panel } from '../ui/panel.tsx';
import styles from './example-table.module.css';

const ROWS = [
  ['1', 'Mug Fjord 300 ml', 'https://shop.example/mug-1.jpg, https://shop.example/mug-2.jpg'],
  ['2', 'Candle Santal', 'https://shop.example/candle.png'],
];

/** What a file should look like, shown rather than told. */
export function ExampleTable() {
  return (
    <Panel title="What the file looks like">
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Example of a CSV">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">S. No.</th>
              <th scope="col">Product Name</th>
              <th scope="col">Input Image Urls</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([number, name, urls]) => (
              <tr key={number}>
                <td>{number}</td>
                <td>{name}</td>
                <td>
                  <code>{urls}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.words}>
        Only a column with image addresses must be there; a cell may hold several. Columns are found by their names (
        <code>SKU</code>, <code>Title</code>, <code>Image URL</code>, … are understood, too), and all others come back
        as they were.
      </p>
    </Panel>
  );
}
