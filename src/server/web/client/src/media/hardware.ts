// The devices of this computer, and which of them are in use.

import { signal } from '@preact/signals';
import { listDevices, noDevices, openMicrophone, type Devices, type Opened } from './microphone';

export type Microphone = Opened | { is: 'closed' } | { is: 'asking' };

export class Hardware {
  readonly microphone = signal<Microphone>({ is: 'closed' });
  readonly devices = signal<Devices>(noDevices);
  /** Empty: as the system says. */
  readonly chosen = signal('');
  readonly speaker = signal('');
  /** Another track: the peer connection must send it. */
  changed: (track: MediaStreamTrack | null) => void = () => undefined;

  constructor() {
    navigator.mediaDevices?.addEventListener?.('devicechange', () => void this.plugged());
  }

  async open(device = this.chosen.value): Promise<void> {
    if (this.microphone.value.is === 'asking') return;
    const before = this.microphone.value;
    this.microphone.value = { is: 'asking' };
    this.chosen.value = device;
    const opened = await openMicrophone(device);
    stop(before);
    this.microphone.value = opened;
    if (opened.is === 'open') {
      opened.track.onended = () => void this.open('');
      this.devices.value = await listDevices();
    }
    this.changed(this.track);
  }

  get track(): MediaStreamTrack | null {
    const is = this.microphone.value;
    return is.is === 'open' ? is.track : null;
  }

  /** Whether what is said leaves the microphone at all. */
  set live(live: boolean) {
    if (this.track) this.track.enabled = live;
  }

  close(): void {
    stop(this.microphone.value);
    this.microphone.value = { is: 'closed' };
  }

  private async plugged(): Promise<void> {
    const is = this.microphone.value;
    if (is.is === 'problem' && is.problem === 'missing') await this.open('');
    this.devices.value = await listDevices();
    const { speakers } = this.devices.value;
    if (!speakers.some((one) => one.deviceId === this.speaker.value)) this.speaker.value = '';
  }
}

function stop(microphone: Microphone): void {
  if (microphone.is !== 'open') return;
  microphone.track.onended = null;
  for (const track of microphone.stream.getTracks()) track.stop();
}
