// What the ten seconds found, and whether it is enough.

import type { NetworkTest } from '../protocol';

/** `null`: not measured, because the bridge has no such door or the time was up. */
export interface Found {
  udp: boolean | null;
  tcp: boolean | null;
  tls: boolean | null;
  upKbps: number | null;
  downKbps: number | null;
  lossPermille: number | null;
  roundTripMs: number | null;
}

export const nothingFound: Found = {
  udp: null, tcp: null, tls: null, upKbps: null, downKbps: null, lossPermille: null, roundTripMs: null,
};

/** `partial`: nothing bad was found, but not everything was measured. */
export type Verdict = 'pass' | 'partial' | 'warn' | 'fail' | 'unknown';

export type Concern = 'no_path' | 'no_udp' | 'slow' | 'too_slow' | 'loss' | 'heavy_loss' | 'late' | 'very_late';

/** What is asked for until the bridge says what it asks for. */
export const WANTED_KBPS = 2_000;
/** Speech with its protection, both ways, with room to spare. */
const LEAST_KBPS = 128;
/** In-band protection repairs this; beyond ten in a hundred words are lost. */
const SOME_LOSS = 20;
const HEAVY_LOSS = 100;
/** ITU-T G.114: up to 150 ms one way nobody notices; beyond 400 ms people interrupt each other. */
const LATE_MS = 300;
const VERY_LATE_MS = 800;

export function judge(found: Found, wantedKbps: number): { verdict: Verdict; concerns: Concern[] } {
  const fails: Concern[] = [];
  const warns: Concern[] = [];
  const paths = [found.udp, found.tcp, found.tls];
  const measured = paths.filter((path) => path !== null);
  if (measured.length > 0 && !measured.includes(true)) fails.push('no_path');
  else if (found.udp === false) warns.push('no_udp');
  const rates = [found.upKbps, found.downKbps].filter((rate): rate is number => rate !== null);
  const slowest = Math.min(...rates);
  if (slowest < LEAST_KBPS) fails.push('too_slow');
  else if (slowest < wantedKbps) warns.push('slow');
  if (found.lossPermille !== null) {
    if (found.lossPermille > HEAVY_LOSS) fails.push('heavy_loss');
    else if (found.lossPermille > SOME_LOSS) warns.push('loss');
  }
  if (found.roundTripMs !== null) {
    if (found.roundTripMs > VERY_LATE_MS) fails.push('very_late');
    else if (found.roundTripMs > LATE_MS) warns.push('late');
  }
  const complete = measured.length > 0 && rates.length === 2;
  const good = !foundAnything(found) ? 'unknown' : complete ? 'pass' : 'partial';
  const verdict = fails.length > 0 ? 'fail' : warns.length > 0 ? 'warn' : good;
  return { verdict, concerns: [...fails, ...warns] };
}

/** Whether a way or a rate was measured at all. */
export function foundAnything({ udp, tcp, tls, upKbps, downKbps }: Found): boolean {
  return [udp, tcp, tls, upKbps, downKbps].some((one) => one !== null);
}

/** For the bridge, which keeps it with the participant. Nothing where nothing was measured. */
export function forBridge(found: Found): NetworkTest | null {
  if (!foundAnything(found)) return null;
  return {
    udp: found.udp,
    tcp: found.tcp,
    tls: found.tls,
    up_kbps: found.upKbps,
    down_kbps: found.downKbps,
    loss_permille: found.lossPermille,
    round_trip_ms: found.roundTripMs,
  };
}
