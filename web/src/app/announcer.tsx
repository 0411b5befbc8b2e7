import { createStore, useStore } from './store.ts';

const said = createStore('');

/** Has a screen reader say something when it is next silent. */
export const announce = (text: string): void => said.set(() => text);

/** Where announcements stand; once in the page, from the start, so that readers watch it. */
export function Announcer() {
  return (
    <div role="status" className="visually-hidden">
      {useStore(said)}
    </div>
  );
}
