import type { JSX } from 'preact';
import { strings } from '../i18n';
import type { Device, DeviceProblem } from '../media/permission';
import { useClient } from './context';
import { Icon } from './icon';

/** Why there is no device, in one sentence. */
export const troubleText = (device: Device, problem: DeviceProblem): string =>
  strings.value.trouble[problem](strings.value.device[device]);

export const againText = (device: Device): string => strings.value.trouble.again(strings.value.device[device]);

/** The way out, for this browser or for the program around it. */
export function useWayOut(device: Device, problem: DeviceProblem): string {
  const { environment } = useClient();
  const t = strings.value;
  const personal = problem === 'denied' || problem === 'dismissed' || (problem === 'frame' && environment.shell);
  const way = personal
    ? t.trouble.way[environment.shell ?? environment.browser]
    : t.trouble.way[problem as Exclude<DeviceProblem, 'denied' | 'dismissed'>];
  return way(t.device[device]);
}

interface Props {
  device: Device;
  problem: DeviceProblem;
  again(): void;
}

export function Trouble({ device, problem, again }: Props): JSX.Element {
  return (
    <div class="note warn" role="alert">
      <h3><Icon name={device === 'camera' ? 'camera_off' : 'mic_off'} />{strings.value.trouble.heading(strings.value.device[device])}</h3>
      <p>{troubleText(device, problem)}</p>
      <p>{useWayOut(device, problem)}</p>
      <button type="button" onClick={again}>{againText(device)}</button>
    </div>
  );
}
