// What a link is worth, asked before joining; it is not used up by this.

import { api, type Place } from '../place';
import type { LinkAnswer, Problem } from '../protocol';

export type Checked =
  | { is: 'good'; link: LinkAnswer }
  | { is: 'refused'; problem: Problem }
  /** The bridge has no such door, or cannot be reached: joining will tell. */
  | { is: 'unknown' };

const WAIT_MS = 4_000;

export async function checkLink(place: Place, lang: string): Promise<Checked> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const response = await fetch(api(place, 'link'), {
      method: 'POST', cache: 'no-store', credentials: 'omit', signal: stop.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: place.token, lang }),
    });
    if (response.ok) return { is: 'good', link: (await response.json()) as LinkAnswer };
    if (response.status !== 403 && response.status !== 410) return { is: 'unknown' };
    const problem = (await response.json()) as Problem;
    return typeof problem.code === 'string' ? { is: 'refused', problem } : { is: 'unknown' };
  } catch {
    return { is: 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}
