// Why there is no microphone, or no camera.

export type Device = 'microphone' | 'camera';

export type DeviceProblem =
  /** The person or the policy of the browser said no. */
  | 'denied'
  /** The question was closed without an answer. */
  | 'dismissed'
  /** The page around this one does not allow it. */
  | 'frame'
  | 'missing'
  | 'in_use'
  /** Not HTTPS. */
  | 'insecure'
  | 'unsupported';

export interface Circumstances {
  secure: boolean;
  supported: boolean;
  /** What the policy of the frames says; unknown in some browsers. */
  allowedByFrame: boolean | null;
  framed: boolean;
  permission: PermissionState | null;
}

export function problemOf(error: unknown, seen: Circumstances): DeviceProblem {
  if (!seen.secure) return 'insecure';
  if (!seen.supported) return 'unsupported';
  const { name, message } = error as { name?: string; message?: string };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      if (seen.allowedByFrame === false) return 'frame';
      if (/dismiss/i.test(message ?? '') || seen.permission === 'prompt') return seen.framed ? 'frame' : 'dismissed';
      return seen.framed && seen.allowedByFrame === null ? 'frame' : 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in_use';
    default:
      return 'denied';
  }
}

export async function circumstances(device: Device): Promise<Circumstances> {
  return {
    secure: window.isSecureContext,
    supported: typeof navigator.mediaDevices?.getUserMedia === 'function',
    allowedByFrame: allowedByFrame(device),
    framed: window.self !== window.top,
    permission: await permission(device),
  };
}

function allowedByFrame(device: Device): boolean | null {
  const policies = document as {
    permissionsPolicy?: { allowsFeature(name: string): boolean };
    featurePolicy?: { allowsFeature(name: string): boolean };
  };
  const policy = policies.permissionsPolicy ?? policies.featurePolicy;
  return policy ? policy.allowsFeature(device) : null;
}

async function permission(device: Device): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: device as PermissionName })).state;
  } catch {
    return null;
  }
}
