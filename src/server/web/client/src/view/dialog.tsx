import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { Icon } from './icon';

interface Props {
  heading: string;
  close(): void;
  /** For a picture. */
  wide?: boolean;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. */
export function Dialog({ heading, close, wide = false, children }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement as HTMLElement | null;
    if (element && typeof element.showModal === 'function') element.showModal();
    else element?.setAttribute('open', '');
    return () => {
      // While it is open, nothing outside of it takes the focus.
      element?.close?.();
      before?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={dialog} class={wide ? 'dialog wide' : 'dialog'} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); close(); }}
      // Escape is for the dialog, not for the panel that it belongs to.
      onKeyDown={(event) => { if (event.key === 'Escape') event.stopPropagation(); }}
    >
      <div class="dialog-head">
        <h2 id={id}>{heading}</h2>
        <button type="button" class="plain square" aria-label={strings.value.common.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

interface Question {
  heading: string;
  hint: string;
  yes: string;
  act(): void;
  close(): void;
}

export function Confirm({ heading, hint, yes, act, close }: Question): JSX.Element {
  return (
    <Dialog heading={heading} close={close}>
      <p>{hint}</p>
      <div class="row end">
        <button type="button" onClick={close}>{strings.value.common.cancel}</button>
        <button type="button" class="danger" onClick={() => { close(); act(); }}>{yes}</button>
      </div>
    </Dialog>
  );
}
