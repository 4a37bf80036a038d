import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { strings } from '../i18n';
import { Icon } from './icon';

/** Copies a text, and says whether that worked. */
export function Copy({ label, text }: { label: string; text(): string }): JSX.Element {
  const done = useSignal<boolean | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      done.value = true;
    } catch {
      done.value = copyOldWay(text());
    }
  };
  const t = strings.value;
  return (
    <span class="copy">
      <button type="button" onClick={() => void copy()}>
        <Icon name={done.value ? 'check' : 'copy'} />
        {done.value ? t.common.copied : label}
      </button>
      <span role="status" class={done.value === false ? 'hint' : 'unseen'}>
        {done.value === null ? '' : done.value ? t.common.copied : t.shell.copyFailed}
      </span>
    </span>
  );
}

/** Frames and the browsers inside other programs often lack the clipboard API. */
function copyOldWay(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
