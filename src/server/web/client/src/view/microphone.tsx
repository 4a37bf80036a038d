import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { testTone, watchLevel } from '../media/level';
import { choosesSpeaker } from '../media/microphone';
import type { MicrophoneProblem } from '../media/permission';
import type { Route } from '../media/route';
import { CAMERA } from '../session/capability';
import { useClient } from './context';
import { Icon } from './icon';

/** Choice of devices with a live level, or why there is none and the way out. */
export function SoundDevices(): JSX.Element {
  const { hardware } = useClient();
  const microphone = hardware.microphone.value;
  const { using } = hardware;
  const refused = hardware.refused.value;
  const { microphones, speakers, cameras } = hardware.devices.value;
  const t = strings.value.prejoin;
  return (
    <div class="stack">
      {microphone.is === 'problem' && <Problem problem={microphone.problem} />}
      {microphone.is === 'asking' && !using && <p role="status">{t.asking}</p>}
      {microphone.is === 'closed' && (
        <button type="button" onClick={() => void hardware.open()}><Icon name="mic" />{t.allow}</button>
      )}
      {using && (
        <>
          <Choice
            label={t.microphone} devices={microphones} value={hardware.chosen.value}
            choose={(device) => void hardware.open(device)}
          />
          {refused && <p class="hint bad" role="alert">{strings.value.microphone.kept} {strings.value.microphone[refused]}</p>}
          <Level stream={using.stream} />
        </>
      )}
      {CAMERA && <Choice label={t.camera} devices={cameras} value="" choose={() => undefined} />}
      {choosesSpeaker() && speakers.length > 0 && (
        <Choice
          label={t.speaker} devices={speakers} value={hardware.speaker.value}
          choose={(device) => { hardware.speaker.value = device; }}
        />
      )}
      <div>
        <button type="button" class="plain" onClick={() => void testTone(hardware.speaker.value)}>
          <Icon name="sound" />
          {t.tone}
        </button>
      </div>
      <WayOfSound />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  devices: MediaDeviceInfo[];
  value: string;
  choose(device: string): void;
}

function Choice({ label, devices, value, choose }: ChoiceProps): JSX.Element {
  const id = useId();
  const named = devices.filter((device) => device.deviceId !== 'default');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{strings.value.prejoin.defaultDevice}</option>
        {named.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>{device.label || `${label} ${index + 1}`}</option>
        ))}
      </select>
    </div>
  );
}

const ROUTE_MS = 2_000;

/** For who is asked by IT how the sound comes here. */
function WayOfSound(): JSX.Element | null {
  const client = useClient();
  const route = useSignal<Route | null>(null);
  useEffect(() => {
    const look = async (): Promise<void> => { route.value = await client.route(); };
    void look();
    const timer = setInterval(() => void look(), ROUTE_MS);
    return () => clearInterval(timer);
  }, []);
  if (!route.value) return null;
  const { way, roundTripMs } = route.value;
  const t = strings.value.devices;
  return <p class="hint">{t.route(t.way[way], roundTripMs === null ? '…' : `${roundTripMs} ms`)}</p>;
}

const BARS = 12;

function Level({ stream }: { stream: MediaStream }): JSX.Element {
  const meter = useRef<HTMLDivElement>(null);
  const hint = useId();
  useEffect(() => {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    return watchLevel(stream, (level) => {
      const lit = Math.round(level * BARS);
      meter.current?.setAttribute('aria-valuenow', String(lit));
      Array.from(meter.current?.children ?? []).forEach((bar, index) => bar.classList.toggle('lit', index < lit));
    }, calm ? 500 : 80);
  }, [stream]);
  const t = strings.value.prejoin;
  return (
    <div>
      <div
        ref={meter} class="level" role="meter" aria-label={t.level} aria-describedby={hint}
        aria-valuemin={0} aria-valuemax={BARS} aria-valuenow={0}
      >
        {Array.from({ length: BARS }, (_, index) => <span key={index} />)}
      </div>
      <p id={hint} class="hint">{t.levelHint}</p>
    </div>
  );
}

function Problem({ problem }: { problem: MicrophoneProblem }): JSX.Element {
  const { hardware, environment } = useClient();
  const t = strings.value.microphone;
  const place = environment.shell ?? environment.browser;
  const personal = problem === 'denied' || problem === 'dismissed' || (problem === 'frame' && environment.shell);
  const way = personal ? t.way[place] : t.way[problem as Exclude<MicrophoneProblem, 'denied' | 'dismissed'>];
  return (
    <div class="note warn" role="alert">
      <h3><Icon name="mic_off" />{t.heading}</h3>
      <p>{t[problem]}</p>
      <p>{way}</p>
      <button type="button" onClick={() => void hardware.open()}>{t.again}</button>
    </div>
  );
}
