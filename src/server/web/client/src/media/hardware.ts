// The devices of this computer, and which of them are in use.

import { signal } from '@preact/signals';
import { Camera } from './camera';
import { listDevices, noDevices, type Devices } from './devices';
import { openMicrophone, type Opened } from './microphone';
import type { DeviceProblem } from './permission';

type Open = Extract<Opened, { is: 'open' }>;

/** While another is asked for, the one before stays in use. */
export type Microphone = Opened | { is: 'closed' } | { is: 'asking'; before: Open | null };

export class Hardware {
  readonly microphone = signal<Microphone>({ is: 'closed' });
  readonly devices = signal<Devices>(noDevices);
  /** Why another microphone was not opened, where the one before stays in use. */
  readonly refused = signal<DeviceProblem | null>(null);
  /** Empty: as the system says. */
  readonly chosen = signal('');
  readonly speaker = signal('');
  readonly camera = new Camera(() => this.list());
  /** Another track: the peer connection must send it. */
  changed: (track: MediaStreamTrack | null) => void = () => undefined;

  constructor() {
    navigator.mediaDevices?.addEventListener?.('devicechange', () => void this.plugged());
  }

  async open(device = this.chosen.value): Promise<void> {
    const { using } = this;
    if (this.microphone.value.is === 'asking') return;
    const before = using && isLive(using) ? using : null;
    const chosenBefore = this.chosen.value;
    const asking: Microphone = { is: 'asking', before };
    this.microphone.value = asking;
    this.chosen.value = device;
    const opened = await openMicrophone(device);
    if (this.microphone.value !== asking) {
      // Closed meanwhile: nothing may go on listening.
      stop(opened);
      return;
    }
    if (opened.is === 'problem' && before && isLive(before)) {
      this.microphone.value = before;
      this.chosen.value = chosenBefore;
      this.refused.value = opened.problem;
      return;
    }
    if (using) stop(using);
    this.refused.value = null;
    this.microphone.value = opened;
    if (opened.is === 'open') opened.track.onended = () => void this.open('');
    this.changed(this.track);
    await this.list();
  }

  /** The microphone in use. */
  get using(): Open | null {
    const is = this.microphone.value;
    if (is.is === 'asking') return is.before;
    return is.is === 'open' ? is : null;
  }

  /** What is sent of it. */
  get track(): MediaStreamTrack | null {
    return this.using?.sent ?? null;
  }

  /** Whether what is said leaves the microphone at all. */
  set live(live: boolean) {
    if (this.track) this.track.enabled = live;
  }

  /** There is a camera to switch on, or something to be said of one that was. */
  get cameraThere(): boolean {
    return this.devices.value.anyCamera || this.camera.lens.value.is !== 'off';
  }

  close(): void {
    if (this.using) stop(this.using);
    this.microphone.value = { is: 'closed' };
    this.camera.off();
  }

  /** Looks which there are. */
  async list(): Promise<void> {
    this.devices.value = await listDevices();
  }

  private async plugged(): Promise<void> {
    const is = this.microphone.value;
    if (is.is === 'problem' && is.problem === 'missing') await this.open('');
    const had = this.devices.value.anyCamera;
    await this.list();
    // What was missing is there. Nobody is seen without a press for it.
    const { value: lens } = this.camera.lens;
    if (!had && this.devices.value.anyCamera && lens.is === 'problem' && lens.problem === 'missing') this.camera.off();
    const { speakers } = this.devices.value;
    if (!speakers.some((one) => one.deviceId === this.speaker.value)) this.speaker.value = '';
  }
}

function stop(microphone: Microphone): void {
  if (microphone.is !== 'open') return;
  microphone.track.onended = null;
  for (const track of microphone.stream.getTracks()) track.stop();
  microphone.sent.stop();
}

/** Pulled out, or forbidden meanwhile: then it ended. */
const isLive = (microphone: Open): boolean => microphone.track.readyState === 'live';
