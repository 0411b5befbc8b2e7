import { recall, remember } from '../app/remembered.ts';
import { createStore } from '../app/store.ts';

const NAME = 'rowpress.apiKey';

/** `asked`: the server wants a key; `refused`: it did not take the one it got. */
export type KeyState = { key: string | null; asked: boolean; refused: boolean };

const tab = () => sessionStorage;

export const apiKey = createStore<KeyState>({
  key: recall(NAME, tab) ?? recall(NAME),
  asked: false,
  refused: false,
});

/** For this tab, or until it is forgotten. */
export function takeKey(key: string, { keep }: { keep: boolean }): void {
  forget();
  remember(NAME, key, keep ? undefined : tab);
  apiKey.set(() => ({ key, asked: false, refused: false }));
}

export function forgetKey(): void {
  forget();
  apiKey.set(() => ({ key: null, asked: true, refused: false }));
}

export const openKeyDialog = (): void => apiKey.set((now) => ({ ...now, asked: true }));

/** Closes the question; the next refused call asks again. */
export const dismissKey = (): void => apiKey.set((now) => ({ ...now, asked: false }));

/** Called with the key of a call that was answered by 401. */
export function askForKey(sent: string | null): void {
  apiKey.set((now) => (now.key === sent ? { ...now, asked: true, refused: sent !== null } : now));
}

function forget(): void {
  remember(NAME, null);
  remember(NAME, null, tab);
}
