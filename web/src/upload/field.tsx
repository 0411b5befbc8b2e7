import { useId, type ReactNode } from 'react';
import styles from './options-form.module.css';

type Described = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };
type FieldProps = {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: (props: Described) => ReactNode;
};

/** A labelled input with its hint, or with what is wrong with it. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  const words = problem ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(words !== undefined && { 'aria-describedby': `${id}-words` }),
        ...(problem !== undefined && { 'aria-invalid': true }),
      })}
      {words !== undefined && (
        <p id={`${id}-words`} className={problem === undefined ? styles.means : styles.problem}>
          {words}
        </p>
      )}
    </div>
  );
}
