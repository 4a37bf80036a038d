import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { strings } from '../i18n';
import { firstFailing, type Observation } from '../ladder/ladder';
import type { DeviceProblem } from '../media/permission';
import { me } from '../session/state';
import { GIVE_UP_MS } from '../signalling/backoff';
import { NoCamera } from './camera';
import { useClient } from './context';
import { Dialog } from './dialog';
import { LadderList } from './failed';
import { Icon } from './icon';
import { CallMe, PhoneCard } from './phone';
import { againText, troubleText } from './trouble';

/** What is not as it should be: the connection, the sound, the browser that plays nothing. */
export function Banners(): JSX.Element {
  const client = useClient();
  const { wire, media, rules, listenOnly, phase } = client.session.value;
  const microphone = client.hardware.microphone.value;
  const t = strings.value;
  return (
    <div class="banners">
      {wire.is === 'lost' && <Lost since={wire.since} />}
      {wire.is !== 'lost' && media.is === 'broken' && <p class="banner warn" role="status"><Icon name="warn" />{t.wire.broken}</p>}
      {client.speaker.blocked.value && (
        <div class="banner">
          <button type="button" class="primary" onClick={() => void client.speaker.play()}><Icon name="sound" />{t.meeting.hearTap}</button>
          <span>{t.meeting.hearWhy}</span>
        </div>
      )}
      {!listenOnly && microphone.is === 'problem' && <NoMicrophone problem={microphone.problem} />}
      {phase.at === 'meeting' && <NoCamera />}
      {phase.at === 'meeting' && <Pictures />}
      {rules.draining && <p class="banner warn" role="status"><Icon name="warn" />{t.wire.draining}</p>}
      {media.is === 'failed' && <NoSound seen={media.seen} />}
    </div>
  );
}

/** What is amiss with pictures: with mine, and with all of them where the bridge has little time. */
function Pictures(): JSX.Element | null {
  const { session } = useClient();
  const { scene } = session.value;
  const sight = me(session.value)?.camera?.sight ?? 'fine';
  const t = strings.value;
  return (
    <>
      {/* Said once: by the log of notices. */}
      {scene.strain !== 'none' && <p class="banner warn"><Icon name="warn" />{t.picture.strain[scene.strain]}</p>}
      {sight !== 'fine' && <p class="banner warn" role="status"><Icon name="camera" />{t.camera[sight]}</p>}
    </>
  );
}

/** Who joined to talk is not heard, and would not know. */
function NoMicrophone({ problem }: { problem: DeviceProblem }): JSX.Element {
  const { hardware } = useClient();
  return (
    <div class="banner bad" role="alert">
      <Icon name="mic_off" />
      <span>{strings.value.camera.unheard} {troubleText('microphone', problem)}</span>
      <button type="button" onClick={() => void hardware.open()}>{againText('microphone')}</button>
    </div>
  );
}

/** The media does not come through: the step that fails, and the telephone that joins instead. */
function NoSound({ seen }: { seen: Observation }): JSX.Element {
  const client = useClient();
  const open = useSignal(false);
  const t = strings.value;
  const rung = firstFailing(seen);
  return (
    <section class="banner bad trouble" aria-labelledby="no-sound">
      <Icon name="warn" />
      <div class="what" role="alert">
        <h2 id="no-sound">{t.meeting.noSound} {t.failed.what[rung]}</h2>
        <p>{t.failed.next[rung]} {t.meeting.noSoundHint}</p>
      </div>
      <button type="button" onClick={() => client.retryMedia()}>{t.common.retry}</button>
      <button type="button" class="primary" aria-expanded={open.value} onClick={() => { open.value = true; }}>
        <Icon name="phone" />
        {t.phone.heading}
      </button>
      {open.value && (
        <Dialog heading={t.phone.heading} close={() => { open.value = false; }}>
          <div class="stack">
            <PhoneCard phone={client.session.value.phone} />
            <CallMe />
            <h3>{t.failed.ladder}</h3>
            <LadderList seen={seen} />
          </div>
        </Dialog>
      )}
    </section>
  );
}

function Lost({ since }: { since: number }): JSX.Element {
  const { online } = useClient();
  const left = useSignal(secondsLeft(since));
  useEffect(() => {
    const timer = setInterval(() => { left.value = secondsLeft(since); }, 1000);
    return () => clearInterval(timer);
  }, [since]);
  const t = strings.value.wire;
  return (
    <div class="banner warn">
      <Icon name="warn" />
      <span>
        <span role="status">{online.value ? t.lost : t.offline}</span> {t.lostHint(left.value)}
      </span>
    </div>
  );
}

const secondsLeft = (since: number): number => Math.max(0, Math.ceil((since + GIVE_UP_MS - Date.now()) / 1000));
