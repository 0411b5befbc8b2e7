import { useState } from 'react';
import { Field } from './field.tsx';
import { MAX_SIDE, type OptionProblems, type Options } from './options.ts';
import styles from './options-form.module.css';

type Sides = Pick<Options, 'maxWidth' | 'maxHeight'>;
type SizeFieldProps = Sides & { problems: OptionProblems; onChange: (sides: Partial<Sides>) => void };

const USUAL_SIDES = [2400, 1600, 1200, 800];

const isUsual = ({ maxWidth, maxHeight }: Sides) =>
  maxWidth === maxHeight && (maxWidth === null || USUAL_SIDES.includes(maxWidth));

/** A limit for the longest side, or one for each. */
export function SizeField({ maxWidth, maxHeight, problems, onChange }: SizeFieldProps) {
  const [isOwn, setOwn] = useState(!isUsual({ maxWidth, maxHeight }));
  const choose = (choice: string) => {
    setOwn(choice === 'own');
    const side = Number(choice) || null;
    if (choice !== 'own') onChange({ maxWidth: side, maxHeight: side });
  };
  return (
    <>
      <Field
        label="Largest size"
        hint={isOwn ? undefined : 'Larger images are fitted inside; smaller ones are never enlarged.'}
      >
        {(props) => (
          <select {...props} value={isOwn ? 'own' : (maxWidth ?? '')} onChange={({ target }) => choose(target.value)}>
            <option value="">Keep the size</option>
            {USUAL_SIDES.map((side) => (
              <option key={side} value={side}>
                {side} × {side} pixels
              </option>
            ))}
            <option value="own">Another size …</option>
          </select>
        )}
      </Field>
      {isOwn && (
        <div className={styles.sides}>
          <Side
            label="Width"
            value={maxWidth}
            problem={problems.maxWidth}
            onChange={(side) => onChange({ maxWidth: side })}
          />
          <Side
            label="Height"
            value={maxHeight}
            problem={problems.maxHeight}
            onChange={(side) => onChange({ maxHeight: side })}
          />
        </div>
      )}
    </>
  );
}

type SideProps = {
  label: string;
  value: number | null;
  problem?: string | undefined;
  onChange: (side: number | null) => void;
};

function Side({ label, value, problem, onChange }: SideProps) {
  return (
    <Field label={`${label} in pixels`} problem={problem}>
      {(props) => (
        <input
          {...props}
          type="number"
          inputMode="numeric"
          min={1}
          max={MAX_SIDE}
          placeholder="any"
          value={value ?? ''}
          onChange={({ target }) => onChange(target.value === '' ? null : target.valueAsNumber)}
        />
      )}
    </Field>
  );
}
