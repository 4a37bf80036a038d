import { useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { strings } from '../i18n';
import { mayUnmute, voice, waiting } from '../session/state';
import { CameraChoice, CameraSwitch } from './camera';
import { useClient } from './context';
import { Dialog } from './dialog';
import { HostControls } from './host';
import { Icon, type IconName } from './icon';
import { SoundDevices } from './microphone';
import { narrow } from './narrow';
import { CallMe, PhoneCard } from './phone';

export type Panel = 'people' | 'chat' | null;
type Open = 'sound' | 'phone' | 'host' | 'more' | null;

interface ControlProps {
  id?: string;
  icon: IconName;
  label: string;
  press(): void;
  /** Of a button that stays pressed. */
  pressed?: boolean;
  /** Of a button that opens something. */
  expanded?: boolean;
  count?: number;
  countText?: string;
  look?: string;
  disabled?: boolean;
}

function Control({ id, icon, label, press, pressed, expanded, count = 0, countText = '', look = '', disabled = false }: ControlProps): JSX.Element {
  return (
    <button
      id={id} type="button" class={`control ${look}`} aria-pressed={pressed} aria-expanded={expanded} aria-disabled={disabled || undefined}
      onClick={() => { if (!disabled) press(); }}
    >
      <Icon name={icon} />
      <span class="label">{label}</span>
      {count > 0 && <span class="count"><span aria-hidden="true">{count > 99 ? '99+' : count}</span><span class="unseen">{countText}</span></span>}
    </button>
  );
}

export function Controls({ panel }: { panel: Signal<Panel> }): JSX.Element {
  const client = useClient();
  const { session } = client;
  const { unread, hand, role, rules, phone, lines } = session.value;
  const open = useSignal<Open>(null);
  const t = strings.value;
  const close = (): void => { open.value = null; };
  const show = (what: Panel): void => { panel.value = panel.value === what ? null : what; };
  const queue = role === 'host' ? waiting(session.value).length : 0;
  const byPhone = phone !== null || rules.may_call_me;
  const raise = <Control icon="hand" label={hand ? t.meeting.lower : t.meeting.raise} look={hand ? 'on' : ''} press={() => client.setHand(!hand)} />;
  // On a telephone there is room for six.
  const handApart = narrow.value && lines.camera;
  const rest = (
    <>
      {handApart && raise}
      <Control icon="sound" label={t.meeting.sound} expanded={open.value === 'sound'} press={() => { open.value = 'sound'; }} />
      {byPhone && <Control icon="phone" label={t.meeting.phone} expanded={open.value === 'phone'} press={() => { open.value = 'phone'; }} />}
      {role === 'host' && <Control icon="host" label={t.meeting.host} expanded={open.value === 'host'} press={() => { open.value = 'host'; }} />}
    </>
  );
  return (
    <>
      <div class="controls" role="group" aria-label={t.meeting.controls}>
        <MuteControl choose={() => { open.value = 'sound'; }} />
        {lines.camera && <CameraControl />}
        {!handApart && raise}
        <Control
          id="control-people" icon="people" label={t.meeting.people} expanded={panel.value === 'people'} press={() => show('people')}
          count={queue} countText={t.people.waiting(queue)}
        />
        <Control
          id="control-chat" icon="chat" label={t.meeting.chat} expanded={panel.value === 'chat'} press={() => show('chat')}
          count={unread} countText={t.meeting.unread(unread)}
        />
        {narrow.value
          ? <Control icon="more" label={t.meeting.moreControls} expanded={open.value === 'more'} press={() => { open.value = 'more'; }} />
          : rest}
        <Control icon="leave" label={t.meeting.leave} look="leave" press={() => client.leave()} />
      </div>
      {open.value === 'more' && <Dialog heading={t.meeting.moreControls} close={close}><div class="more-list">{rest}</div></Dialog>}
      {open.value === 'sound' && (
        <Dialog heading={t.devices.heading} close={close}>
          <div class="stack">
            {lines.camera && <CameraSwitch />}
            {lines.camera && <CameraChoice />}
            <SoundDevices />
          </div>
        </Dialog>
      )}
      {open.value === 'phone' && (
        <Dialog heading={t.phone.heading} close={close}>
          <div class="stack"><PhoneCard phone={phone} /><CallMe /></div>
        </Dialog>
      )}
      {open.value === 'host' && <HostControls close={close} />}
    </>
  );
}

function CameraControl(): JSX.Element {
  const client = useClient();
  const { camera } = client.hardware;
  const t = strings.value.camera;
  // Also while it is asked for: who waits for it may want it no more.
  const on = camera.lens.value.is === 'open' || camera.lens.value.is === 'asking';
  return on
    ? <Control icon="camera" label={t.stop} look="filmed" press={() => void client.setCamera(false)} />
    : <Control icon="camera_off" label={t.start} look="off" press={() => void client.setCamera(true)} />;
}

function MuteControl({ choose }: { choose(): void }): JSX.Element {
  const client = useClient();
  const { value } = client.session;
  const t = strings.value.meeting;
  if (value.listenOnly) return <Control icon="sound" label={t.listening} disabled look="quiet" press={() => undefined} />;
  if (!client.hardware.track) return <Control icon="mic_off" label={t.noMicrophone} look="off" press={choose} />;
  const is = voice(value);
  if (is === 'open') return <Control icon="mic" label={t.mute} look="live" press={() => client.setMuted(true)} />;
  if (!mayUnmute(value)) return <Control icon="mic_host" label={is === 'host' ? t.mutedByHost : t.unmuteOff} disabled look="quiet" press={() => undefined} />;
  return <Control icon={is === 'host' ? 'mic_host' : 'mic_off'} label={t.unmute} look="off" press={() => client.setMuted(false)} />;
}
