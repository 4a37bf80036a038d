// By which way the media goes, and what each way gave when it does not.

export type Way = 'udp' | 'tcp' | 'relay';

export interface Route {
  /** The way in use. */
  way: Way | null;
  /** A check went out by UDP, and none came back. */
  udpTried: boolean;
  /** A TURN server gave an address. */
  relayed: boolean;
  roundTripMs: number | null;
}

type Entry = Record<string, unknown>;

export function routeOf(report: { forEach(each: (entry: Entry) => void): void }): Route {
  const entries = new Map<string, Entry>();
  report.forEach((entry) => entries.set(String(entry.id), entry));
  const route: Route = { way: null, udpTried: false, relayed: false, roundTripMs: null };
  for (const entry of entries.values()) {
    if (entry.type === 'local-candidate' && entry.candidateType === 'relay') route.relayed = true;
    if (entry.type !== 'candidate-pair') continue;
    const local = entries.get(String(entry.localCandidateId));
    const way = wayOf(local);
    if (way === 'udp') route.udpTried = true;
    if (entry.state === 'succeeded' && entry.nominated === true) {
      route.way = way;
      const seconds = entry.currentRoundTripTime;
      route.roundTripMs = typeof seconds === 'number' ? Math.round(seconds * 1000) : null;
    }
  }
  return route;
}

function wayOf(local: Entry | undefined): Way {
  if (local?.candidateType === 'relay') return 'relay';
  return local?.protocol === 'tcp' ? 'tcp' : 'udp';
}
