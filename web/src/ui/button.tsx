import type { ComponentProps } from 'react';
import styles from './button.module.css';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

type Look = { look?: ButtonLook; small?: boolean };

/** The classes of a button, for links that look like one. */
export const buttonClass = ({ look = 'plain', small = false }: Look = {}): string =>
  [styles.button, styles[look], small && styles.small].filter(Boolean).join(' ');

/** `busy` keeps it in the tab order, so that focus isn't lost while something is asked of the server. */
export function Button({ look, small, busy = false, onClick, className, ...rest }: ButtonProps) {
  const classes = [buttonClass({ ...(look && { look }), ...(small && { small }) }), className]
    .filter(Boolean)
    .join(' ');
  return (
    <button
      type="button"
      {...rest}
      className={classes}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
    />
  );
}

type ButtonProps = ComponentProps<'button'> & Look & { busy?: boolean };
