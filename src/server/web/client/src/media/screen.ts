// What is seen of the others: one picture, by one element.

import { signal } from '@preact/signals';

export class Screen {
  /** Empty while the bridge sends none. */
  readonly stream = signal<MediaStream | null>(null);
  /** A picture came; before the first there is nothing to show. */
  readonly lit = signal(false);

  show(stream: MediaStream | null): void {
    this.lit.value = false;
    this.stream.value = stream;
  }
}
