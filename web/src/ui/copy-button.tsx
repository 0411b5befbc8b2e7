import { useState } from 'react';
import { Button } from './button.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** Copies a text; says so to everyone, screen readers too. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('The browser does not let this page copy. Select the text and copy it by hand.');
    }
  };
  return (
    <>
      <Button look="quiet" small aria-label={label} title={label} onClick={() => void copy()}>
        {said === 'Copied' ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
      </Button>
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </>
  );
}
