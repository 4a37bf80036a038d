// How far a request by HTTPS comes. A page cannot ask for the name alone, but what the browser
// notes of the times of a request tells a missing name from a failed handshake.

import { api, type Place } from '../place';
import type { Reach } from './ladder';

const WAIT_MS = 5_000;

export async function reach(place: Place): Promise<Reach> {
  const url = `${api(place, 'probe/down')}?bytes=1&n=${Date.now()}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    // Any answer will do, also that there is no such page.
    await fetch(url, { cache: 'no-store', credentials: 'omit', signal: stop.signal });
    return 'answered';
  } catch {
    const entry = performance.getEntriesByName(url)[0] as PerformanceResourceTiming | undefined;
    return reachOf(entry);
  } finally {
    clearTimeout(timer);
  }
}

export function reachOf(entry: Pick<PerformanceResourceTiming, 'connectStart' | 'fetchStart'> | undefined): Reach {
  return entry !== undefined && entry.connectStart > entry.fetchStart ? 'no_tls' : 'no_name';
}
