// Which devices there are.

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
}

export const noDevices: Devices = { microphones: [], speakers: [], cameras: [] };

export async function listDevices(): Promise<Devices> {
  // Without permission they have neither names nor ids: nothing to choose from.
  const known = (await all()).filter((one) => one.deviceId !== '');
  return {
    microphones: known.filter((one) => one.kind === 'audioinput'),
    speakers: known.filter((one) => one.kind === 'audiooutput'),
    cameras: known.filter((one) => one.kind === 'videoinput'),
  };
}

/** Whether there is a camera, which browsers tell also before they give its name. */
export async function hasCamera(): Promise<boolean> {
  return (await all()).some((one) => one.kind === 'videoinput');
}

async function all(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.().catch(() => null)) ?? [];
}

export const choosesSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;
