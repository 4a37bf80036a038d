import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lang, strings } from '../i18n';
import { MAX_CHAT } from '../protocol';
import { useClient } from './context';
import { Icon } from './icon';

/** Shown from here on: how much may still be written. */
const NEAR_THE_END = 200;

export function Chat(): JSX.Element {
  const client = useClient();
  const { chat, seat, writing } = client.session.value;
  const t = strings.value;
  const text = client.draft;
  const log = useRef<HTMLOListElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const length = [...text.value].length;

  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [chat.length]);

  const send = (): void => {
    const words = text.value.trim();
    if (words === '' || length > MAX_CHAT || writing === 'sent') return;
    client.write();
  };
  const time = new Intl.DateTimeFormat(lang.value, { hour: '2-digit', minute: '2-digit' });

  return (
    <div class="chat">
      <ol ref={log} class="log" tabIndex={0} aria-label={t.chat.log}>
        {chat.length === 0 && <li class="hint">{t.chat.empty}</li>}
        {chat.map((one) => (
          <li key={one.id} class={one.from === seat?.participant ? 'mine' : ''}>
            <p class="by">
              <bdi class="name">{one.name || t.common.unnamed}</bdi>
              <time dateTime={one.at}>{shown(time, one.at)}</time>
            </p>
            <p class="text" dir="auto">{one.text}</p>
          </li>
        ))}
      </ol>
      <form class="write" onSubmit={(event) => { event.preventDefault(); send(); }}>
        <label class="unseen" for="write">{t.chat.write}</label>
        <textarea
          id="write" ref={field} rows={2} placeholder={t.chat.write} value={text.value} readOnly={writing === 'sent'} aria-describedby="write-hint"
          onInput={(event) => { text.value = event.currentTarget.value; }}
          onKeyDown={(event) => {
            // Enter also ends the choice of a Chinese character: that is not yet a message.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="primary square" aria-label={t.chat.send}><Icon name="send" /></button>
      </form>
      <p id="write-hint" role="status" class={writing === 'unsent' || length > MAX_CHAT ? 'hint bad' : 'hint'}>
        {writing === 'unsent' ? t.chat.notSent : writing === 'sent' ? t.chat.sending : length > MAX_CHAT - NEAR_THE_END ? t.chat.long(MAX_CHAT - length) : ''}
      </p>
    </div>
  );
}

function shown(format: Intl.DateTimeFormat, at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? '' : format.format(time);
}
