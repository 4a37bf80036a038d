// Which devices there are.

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  /** There is a camera, which browsers tell also before they give its name. */
  anyCamera: boolean;
}

export const noDevices: Devices = { microphones: [], speakers: [], cameras: [], anyCamera: false };

export async function listDevices(): Promise<Devices> {
  const found = await all();
  // Without permission they have neither names nor ids: nothing to choose from.
  const known = found.filter((one) => one.deviceId !== '');
  return {
    microphones: known.filter((one) => one.kind === 'audioinput'),
    speakers: known.filter((one) => one.kind === 'audiooutput'),
    cameras: known.filter((one) => one.kind === 'videoinput'),
    anyCamera: found.some((one) => one.kind === 'videoinput'),
  };
}

async function all(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.().catch(() => null)) ?? [];
}

export const choosesSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;
