import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../i18n';

interface Props {
  label: string;
  devices: MediaDeviceInfo[];
  value: string;
  choose(device: string): void;
}

/** One device of several; the first choice is what the system says. */
export function Choice({ label, devices, value, choose }: Props): JSX.Element {
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
