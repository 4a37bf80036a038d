// The camera: switched on and off, chosen, and what becomes of it.

import { signal } from '@preact/signals';
import { capture, type Captured } from './capture';
import type { DeviceProblem } from './permission';

type Open = Extract<Captured, { is: 'open' }>;

/** While another is asked for, the one before stays in use. */
export type Lens = Captured | { is: 'off' } | { is: 'asking'; before: Open | null };

export class Camera {
  readonly lens = signal<Lens>({ is: 'off' });
  /** Empty: as the system says. */
  readonly chosen = signal('');
  /** Why another camera was not opened, where the one before stays in use. */
  readonly refused = signal<DeviceProblem | null>(null);

  /** `opened`: now the browser tells the names of devices. */
  constructor(private readonly opened: () => Promise<void>) {}

  async on(device = this.chosen.value): Promise<void> {
    if (this.lens.value.is === 'asking') return;
    const before = this.using;
    const chosenBefore = this.chosen.value;
    const asking: Lens = { is: 'asking', before };
    this.lens.value = asking;
    this.refused.value = null;
    this.chosen.value = device;
    let captured = await capture('camera', device);
    if (before && captured.is === 'problem' && captured.problem === 'in_use' && this.lens.value === asking) {
      // Many telephones have two cameras, but open one at a time.
      stop(before);
      captured = await capture('camera', device);
      if (captured.is === 'problem') {
        this.refused.value = captured.problem;
        this.chosen.value = chosenBefore;
        captured = await capture('camera', chosenBefore);
      }
    }
    if (this.lens.value !== asking) {
      // Switched off meanwhile: nothing may go on looking.
      if (captured.is === 'open') stop(captured);
      return;
    }
    if (captured.is === 'problem' && before?.track.readyState === 'live') {
      this.refused.value = captured.problem;
      this.chosen.value = chosenBefore;
      this.lens.value = before;
      return;
    }
    if (before) stop(before);
    // Pulled out, or forbidden meanwhile.
    if (captured.is === 'open') {
      const opened = captured;
      opened.track.onended = () => this.pulled(opened);
    }
    this.lens.value = captured;
    await this.opened();
  }

  /** The one in use is gone. While another is asked for, that one is still to come. */
  private pulled(gone: Open): void {
    const { value } = this.lens;
    if (value === gone) this.lens.value = { is: 'problem', problem: 'missing' };
  }

  off(): void {
    const { using } = this;
    if (using) stop(using);
    this.refused.value = null;
    this.lens.value = { is: 'off' };
  }

  /** The camera in use. */
  get using(): Open | null {
    const is = this.lens.value;
    if (is.is === 'asking') return is.before;
    return is.is === 'open' ? is : null;
  }

  get track(): MediaStreamTrack | null {
    return this.using?.track ?? null;
  }
}

function stop(open: Open): void {
  open.track.onended = null;
  for (const track of open.stream.getTracks()) track.stop();
}

/** Whether it looks at who sits before the screen: then a mirror is what people expect. */
export function isMirror(track: MediaStreamTrack): boolean {
  return track.getSettings?.().facingMode !== 'environment';
}
