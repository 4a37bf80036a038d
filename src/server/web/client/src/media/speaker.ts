// What is heard: one mix, by one element.

import { effect, signal, type Signal } from '@preact/signals';
import { audioContext, sinkTo } from './level';

export class Speaker {
  /** The browser plays nothing before somebody presses something. */
  readonly blocked = signal(false);
  private readonly element = new Audio();

  constructor(chosen: Signal<string>) {
    this.element.setAttribute('playsinline', '');
    effect(() => void sinkTo(this.element, chosen.value));
  }

  /** Called while a press is handled: what starts now may go on playing (iOS). */
  prepare(): void {
    audioContext();
    void this.play();
  }

  hear(stream: MediaStream): void {
    this.element.srcObject = stream;
    void this.play();
  }

  async play(): Promise<void> {
    if (!this.element.srcObject) return;
    try {
      await this.element.play();
      this.blocked.value = false;
    } catch (error) {
      if ((error as Error).name === 'NotAllowedError') this.blocked.value = true;
    }
  }

  silence(): void {
    this.element.pause();
    this.element.srcObject = null;
    this.blocked.value = false;
  }
}
