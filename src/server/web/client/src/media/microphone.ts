// The microphone: opened, chosen, closed.

import { circumstances, problemOf, type MicrophoneProblem } from './permission';

export type Opened =
  /** `sent` goes out, and is silent while I am muted; the meter shows `stream`, which is not. */
  | { is: 'open'; stream: MediaStream; track: MediaStreamTrack; sent: MediaStreamTrack }
  | { is: 'problem'; problem: MicrophoneProblem };

export async function openMicrophone(device: string): Promise<Opened> {
  try {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new Error('no microphone here');
    const stream = await capture(device);
    const track = stream.getAudioTracks()[0];
    if (!track) throw Object.assign(new Error('no track'), { name: 'NotFoundError' });
    return { is: 'open', stream, track, sent: track.clone() };
  } catch (error) {
    return { is: 'problem', problem: problemOf(error, await circumstances()) };
  }
}

async function capture(device: string): Promise<MediaStream> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: device ? { ...audio, deviceId: { exact: device } } : audio,
    });
  } catch (error) {
    // The chosen one was pulled out: take what there is.
    if (!device || (error as Error).name !== 'OverconstrainedError') throw error;
    return navigator.mediaDevices.getUserMedia({ audio });
  }
}

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
}

export const noDevices: Devices = { microphones: [], speakers: [], cameras: [] };

export async function listDevices(): Promise<Devices> {
  if (!navigator.mediaDevices?.enumerateDevices) return noDevices;
  const all = await navigator.mediaDevices.enumerateDevices();
  // Without permission they have neither names nor ids: nothing to choose from.
  const known = all.filter((one) => one.deviceId !== '');
  return {
    microphones: known.filter((one) => one.kind === 'audioinput'),
    speakers: known.filter((one) => one.kind === 'audiooutput'),
    cameras: known.filter((one) => one.kind === 'videoinput'),
  };
}

export const choosesSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;
