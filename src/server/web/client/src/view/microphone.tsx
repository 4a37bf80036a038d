import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { testTone, watchLevel } from '../media/level';
import { choosesSpeaker } from '../media/devices';
import type { Route } from '../media/route';
import { Choice } from './choice';
import { useClient } from './context';
import { Icon } from './icon';
import { Trouble, troubleText } from './trouble';

/** Choice of devices with a live level, or why there is none and the way out. */
export function SoundDevices(): JSX.Element {
  const { hardware } = useClient();
  const microphone = hardware.microphone.value;
  const { using } = hardware;
  const refused = hardware.refused.value;
  const { microphones, speakers } = hardware.devices.value;
  const t = strings.value.prejoin;
  return (
    <div class="stack">
      {microphone.is === 'problem' && <Trouble device="microphone" problem={microphone.problem} again={() => void hardware.open()} />}
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
          {refused && <p class="hint bad" role="alert">{strings.value.trouble.kept(strings.value.device.microphone)} {troubleText('microphone', refused)}</p>}
          <Level stream={using.stream} />
        </>
      )}
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
