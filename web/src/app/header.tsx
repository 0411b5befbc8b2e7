import { Link, useLocation } from 'wouter';
import { apiKey, forgetKey } from '../api/api-key.ts';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/icons.tsx';
import { isUnderWay, uploads } from '../upload/upload-queue.ts';
import styles from './header.module.css';
import { useStore } from './store.ts';
import { ThemeToggle } from './theme-toggle.tsx';

const PLACES = [
  { to: '/', label: 'Upload' },
  { to: '/requests', label: 'Requests' },
];

export function Header() {
  const [location] = useLocation();
  const { key } = useStore(apiKey);
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <div className={styles.inner}>
        <Link href="/" className={styles.brand} aria-label="Rowpress, start page">
          <Logo />
          <span>Rowpress</span>
        </Link>
        <nav aria-label="Main" className={styles.places}>
          {PLACES.map(({ to, label }) => (
            <Link key={to} href={to} aria-current={isAt(location, to) ? 'page' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
        <UploadsUnderWay />
        <div className={styles.tools}>
          {key !== null && (
            <Button look="quiet" small onClick={forgetKey}>
              Forget API key
            </Button>
          )}
          <ThemeToggle />
        </div>
      </div>
    </header>
  );
}

const isAt = (location: string, to: string) => (to === '/' ? location === '/' : location.startsWith(to));

/** Uploads go on while one looks at other pages; here is how they are. */
function UploadsUnderWay() {
  const [location] = useLocation();
  const sending = useStore(uploads).filter(isUnderWay);
  const [first] = sending;
  if (!first || location === '/') return null;
  const sent = first.sending.step === 'sending' ? Math.floor((first.sending.sent / first.file.size) * 100) : 0;
  return (
    <Link href="/" className={styles.uploading}>
      Uploading {sending.length > 1 ? `${sending.length} files` : `${sent}%`}
    </Link>
  );
}
