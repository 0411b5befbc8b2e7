import { recall, remember } from '../app/remembered.ts';
import { createStore } from '../app/store.ts';

const NAME = 'rowpress.apiKey';

/** `asked`: the server wants a key; `refused`: it did not take the one it got; `dismissed`: the person does not want to be asked. */
export type KeyState = { key: string | null; asked: boolean; refused: boolean; dismissed: boolean };

const tab = () => sessionStorage;

export const apiKey = createStore<KeyState>({
  key: recall(NAME, tab) ?? recall(NAME),
  asked: false,
  refused: false,
  dismissed: false,
});

/** For this tab, or until it is forgotten. */
export function takeKey(key: string, { keep }: { keep: boolean }): void {
  forget();
  remember(NAME, key, keep ? undefined : tab);
  apiKey.set(() => ({ key, asked: false, refused: false, dismissed: false }));
}

export function forgetKey(): void {
  forget();
  apiKey.set(() => ({ key: null, asked: true, refused: false, dismissed: false }));
}

export const openKeyDialog = (): void => apiKey.set((now) => ({ ...now, asked: true }));

/** Closes the question. The page goes on asking the server, but not the person: what was refused says so, with a button. */
export const dismissKey = (): void => apiKey.set((now) => ({ ...now, asked: false, dismissed: true }));

/** Called with the key of a call that was answered by 401. */
export function askForKey(sent: string | null): void {
  apiKey.set((now) => (now.key === sent && !now.dismissed ? { ...now, asked: true, refused: sent !== null } : now));
}

function forget(): void {
  remember(NAME, null);
  remember(NAME, null, tab);
}
