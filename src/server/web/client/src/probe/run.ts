// The test before joining: ten seconds at most, shown as it goes.

import type { Place } from '../place';
import type { IceServer } from '../protocol';
import { probePath } from './path';
import { downRate, upRate } from './rate';
import { nothingFound, type Found } from './verdict';

const LONGEST_MS = 10_000;

/** A TURN server by UDP says nothing of the way by TLS. */
export function overTls(servers: readonly IceServer[]): IceServer[] {
  return servers
    .map((one) => ({ ...one, urls: one.urls.filter((url) => url.startsWith('turns:')) }))
    .filter((one) => one.urls.length > 0);
}

export async function runProbe(place: Place, show: (found: Found, share: number) => void, signal: AbortSignal): Promise<Found> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal.addEventListener('abort', abort);
  const timer = setTimeout(abort, LONGEST_MS);
  const headers = { authorization: `Bearer ${place.token}` };
  let found = nothingFound;
  const learn = (more: Partial<Found>, share: number): void => {
    found = { ...found, ...more };
    if (!signal.aborted) show(found, share);
  };
  try {
    learn({}, 0.05);
    if (typeof RTCPeerConnection === 'function') {
      const udp = await probePath('udp', place, headers, [], true, stop.signal);
      if (udp) learn({ udp: udp.open, lossPermille: udp.lossPermille, roundTripMs: udp.roundTripMs }, 0.35);
      if (udp && !stop.signal.aborted) {
        const turn = overTls(udp.iceServers);
        const [tcp, tls] = await Promise.all([
          probePath('tcp', place, headers, [], false, stop.signal),
          turn.length > 0 ? probePath('tls', place, headers, turn, false, stop.signal) : null,
        ]);
        learn({ tcp: tcp?.open ?? null, tls: tls?.open ?? null }, 0.5);
      }
    }
    if (!stop.signal.aborted) learn({ downKbps: await downRate(place, headers, stop.signal) }, 0.75);
    if (!stop.signal.aborted) learn({ upKbps: await upRate(place, headers, stop.signal) }, 1);
    return found;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
