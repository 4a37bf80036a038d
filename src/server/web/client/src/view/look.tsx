import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import type { Participant } from '../protocol';
import { askLook } from '../session/look';
import { useClient } from './context';
import { Dialog } from './dialog';
import { nameOf } from './person';

/** From the end of one look to the next. */
const AGAIN_MS = 2_000;

/** What is seen: a picture, none because nothing is sent there, or none because of this. */
type Seen = { is: 'asked' } | { is: 'picture' } | { is: 'nothing' } | { is: 'problem'; text: string };

/** The meeting as somebody sees it, while the dialog is open. */
export function Look({ one, close }: { one: Participant; close(): void }): JSX.Element {
  const client = useClient();
  const canvas = useRef<HTMLCanvasElement>(null);
  const seen = useSignal<Seen>({ is: 'asked' });
  const t = strings.value.look;
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const look = async (): Promise<void> => {
      const answer = await askLook(client.place, client.session.value.seat, one.id, stop.signal);
      if (stop.signal.aborted) return;
      if (answer.is === 'picture') {
        paint(canvas.current, answer.picture);
        seen.value = { is: 'picture' };
      } else if (answer.is === 'nothing') seen.value = { is: 'nothing' };
      else seen.value = { is: 'problem', text: answer.text };
      timer = window.setTimeout(() => void look(), AGAIN_MS);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [one.id]);
  const is = seen.value;
  return (
    <Dialog heading={t.heading(nameOf(one))} close={close} wide>
      <div class="look">
        {/* Kept while the bridge does not answer: what was seen last says more than nothing. */}
        <canvas ref={canvas} role="img" aria-label={t.picture(nameOf(one))} hidden={is.is === 'asked' || is.is === 'nothing'} />
        <p class={is.is === 'problem' ? 'hint bad' : 'hint'} role="status">{textOf(is, nameOf(one))}</p>
      </div>
    </Dialog>
  );
}

function textOf(seen: Seen, name: string): string {
  const t = strings.value.look;
  switch (seen.is) {
    case 'asked':
      return strings.value.common.busy;
    case 'picture':
      return t.hint;
    case 'nothing':
      return t.nothing(name);
    case 'problem':
      return seen.text ? `${t.problem} ${seen.text}` : t.problem;
  }
}

function paint(canvas: HTMLCanvasElement | null, picture: ImageBitmap): void {
  if (canvas) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
  }
  picture.close();
}
