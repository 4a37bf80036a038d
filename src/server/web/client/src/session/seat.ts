// A seat outlives a reload of the page. It is written when the page goes and taken when it comes
// back, so that a copy of the tab finds none.

import type { Phone, Seat } from '../protocol';

/** The bridge keeps a seat for so long. */
export const SEAT_KEPT_MS = 30_000;

export interface KeptSeat {
  meeting: string;
  seat: Seat;
  name: string;
  muted: boolean;
  listenOnly: boolean;
  microphone: string;
  /** The camera was on. */
  camera: boolean;
  /** The way by telephone, where the bridge cannot be asked for it. */
  phone: Phone | null;
  /** I was let in. */
  admitted: boolean;
  left: number;
}

const KEY = 'causeway.seat';

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function keepSeat(store: Store, kept: KeptSeat): void {
  try {
    store.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is blocked in a frame of another site: then a reload asks again.
  }
}

export function takeSeat(store: Store, meeting: string, now: number): KeptSeat | null {
  try {
    const text = store.getItem(KEY);
    store.removeItem(KEY);
    const kept = text === null ? null : (JSON.parse(text) as KeptSeat);
    const age = kept ? now - kept.left : 0;
    return kept && kept.meeting === meeting && age >= 0 && age < SEAT_KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}

/** `sessionStorage`, or nothing where the browser forbids even to look at it. */
export function tabStore(): Store {
  try {
    return window.sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}
