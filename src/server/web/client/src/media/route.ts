// By which way the media goes, and how long it takes there and back.

export type Way = 'udp' | 'tcp' | 'relay';

export interface Route {
  way: Way;
  roundTripMs: number | null;
}

type Entry = Record<string, unknown>;

/** The pair of candidates in use; nothing while there is none. */
export function routeOf(report: { forEach(each: (entry: Entry) => void): void }): Route | null {
  const entries = new Map<string, Entry>();
  report.forEach((entry) => entries.set(String(entry.id), entry));
  for (const entry of entries.values()) {
    if (entry.type !== 'candidate-pair' || entry.state !== 'succeeded' || entry.nominated !== true) continue;
    const seconds = entry.currentRoundTripTime;
    return {
      way: wayOf(entries.get(String(entry.localCandidateId))),
      roundTripMs: typeof seconds === 'number' ? Math.round(seconds * 1000) : null,
    };
  }
  return null;
}

function wayOf(local: Entry | undefined): Way {
  if (local?.candidateType === 'relay') return 'relay';
  return local?.protocol === 'tcp' ? 'tcp' : 'udp';
}
