import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { present } from '../session/state';
import { Banners } from './banner';
import { Chat } from './chat';
import { useClient, useHeadingFocus } from './context';
import { Controls, type Panel } from './controls';
import { Icon } from './icon';
import { narrow } from './narrow';
import { People } from './people';
import { Stage } from './stage';

export function Meeting(): JSX.Element {
  const client = useClient();
  const { meeting, rules } = client.session.value;
  const t = strings.value;
  const title = meeting?.name || t.meeting.heading;
  const heading = useHeadingFocus(title);
  const panel = useSignal<Panel>(narrow.value ? null : 'people');

  useEffect(() => panel.subscribe((is) => client.dispatch({ type: 'chat_open', open: is === 'chat' })), []);

  // The focus goes back to the button that opened the panel.
  const close = (): void => {
    document.getElementById(`control-${panel.value}`)?.focus();
    panel.value = null;
  };

  return (
    <main class="meeting">
      <div class="meeting-head">
        <h1 ref={heading} tabIndex={-1}><bdi>{title}</bdi></h1>
        <span class="hint">{t.meeting.present(present(client.session.value).length)}</span>
        {rules.locked && <span class="badge"><Icon name="lock" />{t.meeting.locked}</span>}
      </div>
      <Banners />
      <div class={panel.value ? 'floor with-panel' : 'floor'}>
        <Stage />
        {panel.value && <SidePanel key={panel.value} is={panel.value} close={close} />}
      </div>
      <Controls panel={panel} />
    </main>
  );
}

function SidePanel({ is, close }: { is: 'people' | 'chat'; close(): void }): JSX.Element {
  const aside = useRef<HTMLElement>(null);
  const t = strings.value;
  const heading = is === 'people' ? t.people.heading : t.chat.heading;
  return (
    <aside ref={aside} class="panel" aria-labelledby="panel" onKeyDown={(event) => { if (event.key === 'Escape' && !event.isComposing) close(); }}>
      <div class="panel-head">
        <h2 id="panel">{heading}</h2>
        <button type="button" class="plain square" aria-label={t.common.close} onClick={close}><Icon name="close" /></button>
      </div>
      <div class="panel-body">{is === 'people' ? <People /> : <Chat />}</div>
    </aside>
  );
}
