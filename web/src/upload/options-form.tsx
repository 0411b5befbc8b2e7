import type { ReactNode } from 'react';
import { Panel } from '../ui/panel.tsx';
import { Field } from './field.tsx';
import { type Effort, EFFORTS, type Format, FORMATS, type Options, problemsOf, unusualOf } from './options.ts';
import styles from './options-form.module.css';
import { QualityField } from './quality-field.tsx';
import { SizeField } from './size-field.tsx';

const FORMAT_WORDS: Record<Format, { label: string; means: string }> = {
  keep: { label: 'As it is', means: 'Each image stays in its own format. Links and shop systems need no change.' },
  jpeg: { label: 'JPEG', means: 'Understood everywhere. Transparency gets a background.' },
  webp: { label: 'WebP', means: 'About a quarter smaller than JPEG; all current browsers show it.' },
  avif: { label: 'AVIF', means: 'The smallest files; takes longer, and some older programs can’t open it.' },
  png: { label: 'PNG', means: 'For drawings and logos with few colours. Photos become large.' },
};

const EFFORT_WORDS: Record<Effort, { label: string; means: string }> = {
  fast: { label: 'Fast', means: 'Done soonest; files are a little larger.' },
  balanced: { label: 'Balanced', means: 'Small files at a good pace.' },
  small: { label: 'Small', means: 'A few percent smaller still; takes about twice as long.' },
};

type OptionsFormProps = { options: Options; onChange: (options: Options) => void; disabled: boolean };

/** How the images are to come out; remembered for the next time. */
export function OptionsForm({ options, onChange, disabled }: OptionsFormProps) {
  const problems = problemsOf(options);
  const set = (part: Partial<Options>) => onChange({ ...options, ...part });
  return (
    <Panel title="Options" className={styles.panel}>
      <fieldset className={styles.form} disabled={disabled}>
        <Choice
          legend="Format"
          names={FORMATS}
          words={FORMAT_WORDS}
          chosen={options.format}
          onChoose={(format) => set({ format })}
        />
        <QualityField format={options.format} quality={options.quality} onChange={(quality) => set({ quality })} />
        <SizeField {...options} problems={problems} onChange={set} />
        <MoreOptions options={options} problem={problems.webhookUrl} onChange={set} />
      </fieldset>
    </Panel>
  );
}

type MoreOptionsProps = { options: Options; problem: string | undefined; onChange: (part: Partial<Options>) => void };

function MoreOptions({ options, problem, onChange }: MoreOptionsProps) {
  const unusual = unusualOf(options).join(', ');
  return (
    <details className={styles.more} open={problem !== undefined || undefined}>
      <summary>{unusual === '' ? 'More options' : `More options: ${unusual}`}</summary>
      <div className={styles.form}>
        <Choice
          legend="Effort"
          names={EFFORTS}
          words={EFFORT_WORDS}
          chosen={options.effort}
          onChoose={(effort) => onChange({ effort })}
        />
        <Field label="Background" hint="Put behind see-through parts where the format can’t keep them.">
          {(props) => (
            <input
              {...props}
              type="color"
              value={options.background}
              onChange={({ target }) => onChange({ background: target.value })}
            />
          )}
        </Field>
        <Field
          label="Webhook"
          hint="For your own systems: this address is told when the request has ended."
          problem={problem}
        >
          {(props) => (
            <input
              {...props}
              type="url"
              inputMode="url"
              placeholder="https://…"
              value={options.webhookUrl}
              onChange={({ target }) => onChange({ webhookUrl: target.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

type ChoiceProps<Name extends string> = {
  legend: string;
  names: readonly Name[];
  words: Record<Name, { label: string; means: string }>;
  chosen: Name;
  onChoose: (name: Name) => void;
};

/** One of a few, with what the chosen one means under it. */
function Choice<Name extends string>({ legend, names, words, chosen, onChoose }: ChoiceProps<Name>): ReactNode {
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div className={styles.segments}>
        {names.map((name) => (
          <label key={name}>
            <input
              type="radio"
              className="visually-hidden"
              name={legend}
              checked={name === chosen}
              onChange={() => onChoose(name)}
            />
            {words[name].label}
          </label>
        ))}
      </div>
      <p className={styles.means}>{words[chosen].means}</p>
    </fieldset>
  );
}
