// Opens one device, and says in one word why it could not.

import { circumstances, problemOf, type Device, type DeviceProblem } from './permission';

export type Captured =
  | { is: 'open'; stream: MediaStream; track: MediaStreamTrack }
  | { is: 'problem'; problem: DeviceProblem };

/** The sound that people expect, and the largest picture that is sent. */
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

const WANTED: Record<Device, (id: string) => MediaStreamConstraints> = {
  microphone: (id) => ({ audio: { ...SOUND, ...exactly(id) } }),
  // A telephone begins with the camera on the side of its screen.
  camera: (id) => ({ video: { ...PICTURE, ...(id ? exactly(id) : { facingMode: 'user' }) } }),
};

const exactly = (id: string): MediaTrackConstraints => (id ? { deviceId: { exact: id } } : {});

/** `id`: the device that was chosen; empty: as the system says. */
export async function capture(device: Device, id: string): Promise<Captured> {
  try {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new Error(`no ${device} here`);
    const stream = await open(device, id);
    const [track] = stream.getTracks();
    if (!track) throw Object.assign(new Error('no track'), { name: 'NotFoundError' });
    return { is: 'open', stream, track };
  } catch (error) {
    return { is: 'problem', problem: problemOf(error, await circumstances(device)) };
  }
}

async function open(device: Device, id: string): Promise<MediaStream> {
  const wanted = WANTED[device];
  try {
    return await navigator.mediaDevices.getUserMedia(wanted(id));
  } catch (error) {
    // The chosen one was pulled out: take what there is.
    if (!id || (error as Error).name !== 'OverconstrainedError') throw error;
    return navigator.mediaDevices.getUserMedia(wanted(''));
  }
}
