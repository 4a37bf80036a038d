import type { JSX } from 'preact';
import { strings } from '../i18n';
import { isMirror } from '../media/camera';
import { Choice } from './choice';
import { useClient } from './context';
import { Icon } from './icon';
import { Switch } from './switch';
import { againText, Trouble, troubleText, useWayOut } from './trouble';
import { Video } from './video';

/** Before joining: how one will look, or that one will not be seen. */
export function CameraPreview(): JSX.Element {
  const { camera } = useClient().hardware;
  const lens = camera.lens.value;
  const { using } = camera;
  const t = strings.value.camera;
  return (
    <div class="stack">
      <div class={using || lens.is === 'asking' ? 'preview' : 'preview off'}>
        {using
          ? <Video stream={using.stream} label={t.self} mirrored={isMirror(using.track)} />
          : (
            <p role="status">
              <Icon name="camera_off" />
              {lens.is === 'asking' ? t.starting : t.isOff}
            </p>
          )}
      </div>
      <CameraSwitch hint={t.onHint} />
    </div>
  );
}

/** On and off; or why there is none. */
export function CameraSwitch({ hint }: { hint?: string }): JSX.Element {
  const client = useClient();
  const { camera } = client.hardware;
  const lens = camera.lens.value;
  const t = strings.value.camera;
  const on = lens.is === 'open' || lens.is === 'asking';
  return (
    <>
      <Switch label={t.on} hint={lens.is === 'asking' ? t.asking : hint} on={on} set={(wanted) => void client.setCamera(wanted)} />
      {lens.is === 'problem' && <Trouble device="camera" problem={lens.problem} again={() => void client.setCamera(true)} />}
    </>
  );
}

/** Which camera, where there are several. */
export function CameraChoice(): JSX.Element | null {
  const client = useClient();
  const { camera, devices } = client.hardware;
  const refused = camera.refused.value;
  const { cameras } = devices.value;
  const t = strings.value;
  if (!camera.using || cameras.length < 2) return null;
  return (
    <div>
      <Choice label={t.camera.heading} devices={cameras} value={camera.chosen.value} choose={(device) => void client.setCamera(true, device)} />
      {refused && <p class="hint bad" role="alert">{t.trouble.kept(t.device.camera)} {troubleText('camera', refused)}</p>}
    </div>
  );
}

/** Who pressed for the camera is not seen, and would not know. The sound is not touched by this. */
export function NoCamera(): JSX.Element | null {
  const client = useClient();
  const { camera } = client.hardware;
  const lens = camera.lens.value;
  const way = useWayOut('camera', lens.is === 'problem' ? lens.problem : 'missing');
  const t = strings.value.camera;
  if (lens.is !== 'problem') return null;
  return (
    <div class="banner bad trouble" role="alert">
      <Icon name="camera_off" />
      <span class="what">{t.unseen} {troubleText('camera', lens.problem)} {way}</span>
      <button type="button" onClick={() => void client.setCamera(true)}>{againText('camera')}</button>
      <button type="button" class="plain" onClick={() => camera.off()}>{t.without}</button>
    </div>
  );
}
