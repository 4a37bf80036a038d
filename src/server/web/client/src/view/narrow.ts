import { signal } from '@preact/signals';

const query = window.matchMedia('(max-width: 640px)');

/** A telephone, or the side panel of Teams: what is rarely used goes behind one button. */
export const narrow = signal(query.matches);
query.addEventListener?.('change', () => { narrow.value = query.matches; });
