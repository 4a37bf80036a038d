// Whether one can join here, by what this browser has.

import type { Environment } from './browser';

export type WayIn =
  /** With a microphone. */
  | 'talk'
  /** There is no way to a microphone; hearing works. */
  | 'listen'
  /** No WebRTC: another browser, or the telephone. */
  | 'elsewhere';

export interface Has {
  webrtc: boolean;
  microphone: boolean;
}

export function wayIn(environment: Environment, has: Has): WayIn {
  if (!has.webrtc) return 'elsewhere';
  // WeChat on a desktop receives, but sends nothing (compatibility table of Tencent RTC).
  if (environment.shell === 'wechat' && !environment.mobile) return 'listen';
  return has.microphone ? 'talk' : 'listen';
}

export function has(): Has {
  return {
    webrtc: typeof RTCPeerConnection === 'function',
    microphone: typeof navigator.mediaDevices?.getUserMedia === 'function',
  };
}
