// Whether media gets through by UDP, by TCP, and by a TURN server over TLS; loss and round trip
// of the first.

import { api, type Place } from '../place';
import type { IceServer, ProbeAnswer } from '../protocol';

export type Way = 'udp' | 'tcp' | 'tls';

export interface Path {
  open: boolean;
  lossPermille: number | null;
  roundTripMs: number | null;
  iceServers: IceServer[];
}

const OPEN_MS = 3_000;
const PACKETS = 100;
const EVERY_MS = 20;
/** Later than this an echo is as good as lost. */
const ECHO_MS = 500;

/** `null`: the bridge has no such door. */
export async function probePath(
  way: Way, place: Place, headers: Record<string, string>, iceServers: IceServer[], echo: boolean, signal: AbortSignal,
): Promise<Path | null> {
  const connection = new RTCPeerConnection({
    iceServers, iceTransportPolicy: way === 'tls' ? 'relay' : 'all',
  });
  const channel = connection.createDataChannel('probe', { ordered: false, maxRetransmits: 0 });
  channel.binaryType = 'arraybuffer';
  try {
    const opened = happens(channel, 'open');
    await connection.setLocalDescription();
    await gathered(connection);
    const response = await fetch(api(place, 'probe/rtc'), {
      method: 'POST', cache: 'no-store', credentials: 'omit', signal,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ sdp: onlyBy(way, connection.localDescription?.sdp ?? '') }),
    });
    if (!response.ok) return null;
    const answer = (await response.json()) as ProbeAnswer;
    await connection.setRemoteDescription({ type: 'answer', sdp: onlyBy(way, answer.sdp) });
    const open = await Promise.race([opened, after(OPEN_MS, false), stopped(signal)]);
    const measured = open && echo ? await echoes(channel) : { lossPermille: null, roundTripMs: null };
    return { open, ...measured, iceServers: answer.ice_servers ?? [] };
  } catch {
    return null;
  } finally {
    connection.close();
  }
}

/** The candidates by one transport alone, of either side; all of them where a relay leads there. */
export function onlyBy(way: Way, sdp: string): string {
  if (way === 'tls') return sdp;
  return sdp
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2]?.toLowerCase() === way)
    .join('\r\n');
}

async function echoes(channel: RTCDataChannel): Promise<Pick<Path, 'lossPermille' | 'roundTripMs'>> {
  const sent = new Map<number, number>();
  const trips: number[] = [];
  channel.onmessage = ({ data }) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength < 4) return;
    const at = sent.get(new DataView(data).getUint32(0));
    if (at !== undefined) trips.push(performance.now() - at);
  };
  for (let number = 0; number < PACKETS && channel.readyState === 'open'; number += 1) {
    // As long as a packet of speech.
    const packet = new DataView(new ArrayBuffer(160));
    packet.setUint32(0, number);
    sent.set(number, performance.now());
    channel.send(packet.buffer);
    await after(EVERY_MS, null);
  }
  await after(ECHO_MS, null);
  return summary(sent.size, trips);
}

export function summary(sent: number, trips: number[]): Pick<Path, 'lossPermille' | 'roundTripMs'> {
  if (sent === 0) return { lossPermille: null, roundTripMs: null };
  const sorted = [...trips].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return {
    lossPermille: Math.max(0, Math.round((1000 * (sent - trips.length)) / sent)),
    roundTripMs: middle === undefined ? null : Math.round(middle),
  };
}

async function gathered(connection: RTCPeerConnection): Promise<void> {
  const done = new Promise<void>((resolve) => {
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
  });
  if (connection.iceGatheringState !== 'complete') await Promise.race([done, after(1_000, undefined)]);
}

function happens(channel: RTCDataChannel, name: 'open'): Promise<boolean> {
  return new Promise((resolve) => channel.addEventListener(name, () => resolve(true)));
}

function stopped(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
