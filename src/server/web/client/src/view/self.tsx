import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { strings } from '../i18n';
import { isMirror } from '../media/camera';
import { useClient } from './context';
import { Icon } from './icon';
import { Video } from './video';

/** My own picture, small and as in a mirror; it can be put away. */
export function SelfView(): JSX.Element | null {
  const client = useClient();
  const { camera, devices } = client.hardware;
  const hidden = useSignal(false);
  const { using } = camera;
  const t = strings.value.camera;
  if (!using) return null;
  if (hidden.value) {
    return (
      <button type="button" class="self-view small put-away" onClick={() => { hidden.value = false; }}>
        <Icon name="camera" />
        {t.showSelf}
      </button>
    );
  }
  const next = other(devices.value.cameras, using.track);
  return (
    <div class="self-view">
      <Video stream={using.stream} label={t.self} mirrored={isMirror(using.track)} />
      <span class="over">
        {client.environment.mobile && next && (
          <button type="button" class="square" aria-label={t.flip} title={t.flip} onClick={() => void client.setCamera(true, next)}><Icon name="flip" /></button>
        )}
        <button type="button" class="square" aria-label={t.hideSelf} title={t.hideSelf} onClick={() => { hidden.value = true; }}><Icon name="close" /></button>
      </span>
    </div>
  );
}

/** The camera after the one in use, in a circle. */
function other(cameras: MediaDeviceInfo[], track: MediaStreamTrack): string | null {
  if (cameras.length < 2) return null;
  const at = cameras.findIndex((one) => one.deviceId === track.getSettings().deviceId);
  return cameras[(at + 1) % cameras.length]?.deviceId ?? null;
}
