// How many kilobit a second go each way, by HTTPS.

import { api, type Place } from '../place';

/** Each way lasts so long at most, and moves so many bytes at most: a line of 10 Mbit/s has then
 *  shown what it can, and a crowd that joins at once does not fill the bridge's. */
const LONGEST_MS = 2_000;
const MOST_BYTES = 2_500_000;
const FIRST_BYTES = 64 * 1024;

export async function downRate(place: Place, headers: HeadersInit, signal: AbortSignal): Promise<number | null> {
  return measure(async (bytes, stop) => {
    const response = await fetch(`${api(place, 'probe/down')}?bytes=${bytes}`, {
      cache: 'no-store', credentials: 'omit', headers, signal: stop,
    });
    if (!response.ok || !response.body) throw new Error('no such door');
    return response.body;
  }, signal);
}

export async function upRate(place: Place, headers: HeadersInit, signal: AbortSignal): Promise<number | null> {
  const noise = random(FIRST_BYTES);
  return measure(async (bytes, stop) => {
    const body = new Blob(Array.from({ length: Math.ceil(bytes / noise.length) }, () => noise));
    const response = await fetch(api(place, 'probe/up'), {
      method: 'POST', body, cache: 'no-store', credentials: 'omit', headers, signal: stop,
    });
    if (!response.ok) throw new Error('no such door');
    return body.size;
  }, signal);
}

type Move = (bytes: number, stop: AbortSignal) => Promise<number | ReadableStream<Uint8Array>>;

/** Moves more and more until the time or the bytes are used up. */
async function measure(move: Move, signal: AbortSignal): Promise<number | null> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal.addEventListener('abort', abort);
  const timer = setTimeout(abort, LONGEST_MS + 500);
  const start = performance.now();
  let moved = 0;
  let rounds = 0;
  try {
    for (let bytes = FIRST_BYTES; moved < MOST_BYTES && performance.now() - start < LONGEST_MS; bytes *= 2) {
      const result = await move(Math.min(bytes, MOST_BYTES - moved), stop.signal);
      if (typeof result === 'number') moved += result;
      else for await (const length of lengths(result)) moved += length;
      rounds += 1;
    }
  } catch {
    if (moved === 0 || (rounds === 0 && !stop.signal.aborted)) return null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  return kbps(moved, performance.now() - start);
}

export function kbps(bytes: number, ms: number): number {
  return Math.round((bytes * 8) / Math.max(1, ms));
}

async function* lengths(body: ReadableStream<Uint8Array>): AsyncGenerator<number> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value.length;
  }
}

function random(bytes: number): Uint8Array<ArrayBuffer> {
  // What cannot be compressed on the way.
  return crypto.getRandomValues(new Uint8Array(bytes));
}
