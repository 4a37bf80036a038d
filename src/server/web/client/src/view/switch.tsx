import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  hint?: string;
  on: boolean;
  set(on: boolean): void;
}

export function Switch({ label, hint, on, set }: Props): JSX.Element {
  const id = useId();
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} aria-describedby={hint ? id : undefined} aria-label={label} onClick={() => set(!on)}>
      <span class="switch-text">
        <span>{label}</span>
        {hint && <span id={id} class="hint">{hint}</span>}
      </span>
      <span class="track"><span class="thumb" /></span>
    </button>
  );
}
