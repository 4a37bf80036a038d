// The microphone: opened, and sent by a track of its own.

import { capture } from './capture';
import type { DeviceProblem } from './permission';

export type Opened =
  /** `sent` goes out, and is silent while I am muted; the meter shows `stream`, which is not. */
  | { is: 'open'; stream: MediaStream; track: MediaStreamTrack; sent: MediaStreamTrack }
  | { is: 'problem'; problem: DeviceProblem };

export async function openMicrophone(device: string): Promise<Opened> {
  const captured = await capture('microphone', device);
  return captured.is === 'open' ? { ...captured, sent: captured.track.clone() } : captured;
}
