import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { CameraChoice, CameraPreview } from './camera';
import { useClient, useHeadingFocus } from './context';
import { Elsewhere } from './elsewhere';
import { Icon } from './icon';
import { SoundDevices } from './microphone';
import { ProbeCard } from './probe';

/** The longest name that the bridge keeps. */
const MAX_NAME = 60;

/** Before joining: who, how, and whether it will work. */
export function Prejoin(): JSX.Element {
  const client = useClient();
  const t = strings.value.prejoin;
  const { phase, meeting } = client.session.value;
  const title = meeting?.name ? t.heading(meeting.name) : t.title;
  const heading = useHeadingFocus(title);
  const microphone = client.hardware.microphone.value;
  const helpless = client.wayIn !== 'talk' || microphone.is === 'problem';
  const inShell = client.environment.shell !== null || client.environment.framed;
  return (
    <main class="page">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {client.wayIn === 'elsewhere' ? <Elsewhere /> : (
        <div class="columns">
          <div class="stack">
            {client.hardware.cameraThere && (
              <section class="card" aria-label={strings.value.camera.heading}>
                <CameraPreview />
              </section>
            )}
            <JoinForm busy={phase.at === 'joining'} />
          </div>
          <div class="stack">
            {client.wayIn === 'talk' && (
              <section class="card" aria-labelledby="sound">
                <h2 id="sound">{client.hardware.cameraThere ? strings.value.devices.heading : t.devices}</h2>
                <div class="stack">
                  <CameraChoice />
                  <SoundDevices />
                </div>
              </section>
            )}
            {(helpless || inShell) && <Elsewhere />}
            <ProbeCard />
          </div>
        </div>
      )}
    </main>
  );
}

type Missing = 'name' | 'pin' | null;

function JoinForm({ busy }: { busy: boolean }): JSX.Element {
  const client = useClient();
  const { phase } = client.session.value;
  const pin = phase.at === 'prejoin' ? phase.pin : phase.at === 'joining' && phase.pin ? 'asked' : 'none';
  const missing = useSignal<Missing>(null);
  const muted = useSignal(false);
  const [nameField, pinField] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const t = strings.value.prejoin;
  const ready = client.hardware.track !== null;
  const hasPin = pin !== 'none';

  // Asked for a PIN after pressing "Join": the field takes the focus.
  useEffect(() => {
    if (phase.at === 'prejoin' && (pin === 'wrong' || (pin === 'asked' && client.name.value))) pinField.current?.focus();
  }, [phase]);

  const join = (event: Event): void => {
    event.preventDefault();
    if (busy) return;
    missing.value = client.name.value.trim() === '' ? 'name' : hasPin && client.pin.value === '' ? 'pin' : null;
    if (missing.value === 'name') nameField.current?.focus();
    else if (missing.value === 'pin') pinField.current?.focus();
    else client.join({ listenOnly: !ready, muted: muted.value });
  };

  return (
    <form class="card stack" onSubmit={join} noValidate aria-busy={busy}>
      <div class="field">
        <label for="name">{t.name}</label>
        <input
          id="name" ref={nameField} type="text" autocomplete="name" maxLength={MAX_NAME} required value={client.name.value}
          readOnly={busy} aria-describedby="name-hint" aria-invalid={missing.value === 'name'}
          onInput={(event) => { client.name.value = event.currentTarget.value; missing.value = null; }}
        />
        <p id="name-hint" class={missing.value === 'name' ? 'hint bad' : 'hint'}>
          {missing.value === 'name' ? t.nameNeeded : t.nameHint}
        </p>
      </div>
      {hasPin && (
        <div class="field">
          <label for="pin">{t.pin}</label>
          <input
            id="pin" ref={pinField} type="password" inputMode="numeric" autocomplete="one-time-code" maxLength={32} required
            value={client.pin.value} readOnly={busy} aria-describedby="pin-hint" aria-invalid={pin === 'wrong' || missing.value === 'pin'}
            onInput={(event) => { client.pin.value = event.currentTarget.value; missing.value = null; }}
          />
          <p id="pin-hint" role="status" class={pin === 'wrong' || missing.value === 'pin' ? 'hint bad' : 'hint'}>
            {missing.value === 'pin' ? t.pinNeeded : pin === 'wrong' ? t.pinWrong : t.pinHint}
          </p>
        </div>
      )}
      {ready && (
        <label class="check">
          <input type="checkbox" checked={muted.value} disabled={busy} onChange={(event) => { muted.value = event.currentTarget.checked; }} />
          {t.muted}
        </label>
      )}
      <button type="submit" class="primary wide" aria-disabled={busy}>
        {!busy && <Icon name={!ready ? 'sound' : muted.value ? 'mic_off' : 'mic'} />}
        <span>{busy ? t.joining : !ready ? t.joinListening : muted.value ? t.joinMuted : t.join}</span>
      </button>
      {!ready && <p class="hint">{t.listenOnly}</p>}
      <p class="hint">{t.privacy}</p>
    </form>
  );
}
