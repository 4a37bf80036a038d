// The test as the page sees it: running, done, stopped.

import { signal } from '@preact/signals';
import type { Place } from '../place';
import { runProbe } from './run';
import { foundAnything, nothingFound, type Found } from './verdict';

export type ProbeState =
  | { is: 'idle' }
  | { is: 'running'; found: Found; share: number }
  | { is: 'done'; found: Found };

export class Probe {
  readonly state = signal<ProbeState>({ is: 'idle' });
  private stopping: AbortController | null = null;

  async run(place: Place): Promise<void> {
    this.stop();
    const stopping = new AbortController();
    this.stopping = stopping;
    this.state.value = { is: 'running', found: nothingFound, share: 0 };
    const found = await runProbe(place, (so_far, share) => {
      this.state.value = { is: 'running', found: so_far, share };
    }, stopping.signal);
    if (!stopping.signal.aborted) this.state.value = { is: 'done', found };
  }

  /** The line belongs to the meeting now. What was found until then is kept. */
  stop(): void {
    this.stopping?.abort();
    this.stopping = null;
    const { value } = this.state;
    if (value.is !== 'running') return;
    this.state.value = foundAnything(value.found) ? { is: 'done', found: value.found } : { is: 'idle' };
  }
}
