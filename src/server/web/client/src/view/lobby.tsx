import type { JSX } from 'preact';
import { strings } from '../i18n';
import { Banners } from './banner';
import { CameraChoice, CameraPreview } from './camera';
import { useClient, useHeadingFocus } from './context';
import { Icon } from './icon';
import { CallMe, PhoneCard } from './phone';
import { SoundDevices } from './microphone';

export function Lobby(): JSX.Element {
  const client = useClient();
  const { phase, phone, meeting, media, rules, lines } = client.session.value;
  const t = strings.value;
  const heading = useHeadingFocus(t.lobby.heading);
  if (phase.at !== 'lobby') return <main />;
  return (
    <main class="page">
      <Banners />
      <div class="card lobby">
        <h1 ref={heading} tabIndex={-1}>{t.lobby.heading}</h1>
        {meeting?.name && <p class="meeting-name"><bdi>{meeting.name}</bdi></p>}
        <p class="place" role="status">
          <strong aria-hidden="true">{phase.place}</strong>
          <span>{t.lobby.place(phase.place)}</span>
          <span>{t.lobby[phase.reason]}</span>
        </p>
        {media.is === 'up' && <p class="hint"><Icon name="sound" />{t.lobby.music}</p>}
        {media.is === 'connecting' && <p class="hint">{t.meeting.connectingSound}</p>}
        <button type="button" class="danger" onClick={() => client.leave()}><Icon name="leave" />{t.lobby.leave}</button>
      </div>
      <div class="columns">
        {!client.session.value.listenOnly && (
          <details class="card">
            <summary><h2>{t.devices.heading}</h2></summary>
            <div class="stack">
              {lines.camera && <CameraPreview />}
              {lines.camera && <CameraChoice />}
              <SoundDevices />
            </div>
          </details>
        )}
        {(phone || rules.may_call_me) && (
          <details class="card">
            <summary><h2>{t.phone.heading}</h2></summary>
            <PhoneCard phone={phone} />
            <CallMe />
          </details>
        )}
      </div>
    </main>
  );
}
