// What is seen of the others: one picture, by one element, or a tile each.

import { signal } from '@preact/signals';

export class Screen {
  /** Empty while the bridge sends none. */
  readonly stream = signal<MediaStream | null>(null);
  /** A picture came; before the first there is nothing to show. */
  readonly lit = signal(false);
  /** By lines for tiles: people as they send themselves. */
  readonly tiles = signal<ReadonlyMap<number, MediaStream>>(new Map());

  show(stream: MediaStream | null): void {
    this.lit.value = false;
    this.stream.value = stream;
  }

  tile(line: number, stream: MediaStream): void {
    this.tiles.value = new Map(this.tiles.value).set(line, stream);
  }

  clear(): void {
    this.show(null);
    this.tiles.value = new Map();
  }
}
