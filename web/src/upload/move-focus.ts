import { focusTitle } from '../app/page.tsx';

/** To the name of a card. */
export const focusCard = (card: Element | null): void => card?.querySelector('h2')?.focus();

/** To the card that will stand where this one did, or to the title when none is left. */
export function leaveCard(card: Element | null): void {
  const beside = card?.nextElementSibling ?? card?.previousElementSibling ?? null;
  if (beside) focusCard(beside);
  else focusTitle();
}
