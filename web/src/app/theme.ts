import { recall, remember } from './remembered.ts';
import { createStore } from './store.ts';

export type Theme = 'system' | 'light' | 'dark';

const NAME = 'rowpress.theme';

const chosen = (): Theme => {
  const known = recall(NAME);
  return known === 'light' || known === 'dark' ? known : 'system';
};

export const theme = createStore<Theme>(chosen());

/** Also read by /theme.js, before the first paint. */
export function chooseTheme(next: Theme): void {
  remember(NAME, next === 'system' ? null : next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(() => next);
}
