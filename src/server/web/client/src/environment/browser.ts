// Which program shows this page: for the way out of a refused microphone, and for what works in
// the browsers inside other programs.

export type Browser =
  | 'edge' | 'chrome' | 'chrome_android' | 'firefox' | 'safari' | 'safari_ios' | 'other';

/** A browser inside another program. */
export type Shell = 'wecom' | 'wechat' | 'teams';

export interface Environment {
  browser: Browser;
  shell: Shell | null;
  mobile: boolean;
  framed: boolean;
}

export interface Surroundings {
  userAgent: string;
  /** iPads say that they are Macs; Macs have no touch screen. */
  touchPoints: number;
  framed: boolean;
  /** The origins of the frames around this page, or the referrer. */
  around: readonly string[];
}

const TEAMS = /^https:\/\/(?:teams\.microsoft\.com|[\w.-]+\.teams\.microsoft\.com|[\w.-]+\.cloud\.microsoft|[\w.-]+\.teams\.microsoft\.us)(?:[:/]|$)/;

export function environmentOf(seen: Surroundings): Environment {
  const { userAgent, framed } = seen;
  const ios = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && seen.touchPoints > 1);
  const mobile = ios || /Android|HarmonyOS|Mobile/.test(userAgent);
  return { browser: browserOf(userAgent, ios), shell: shellOf(seen), mobile, framed };
}

/** WeCom carries the mark of WeChat too, so its own is looked for first. */
function shellOf({ userAgent, around, framed }: Surroundings): Shell | null {
  if (/wxwork/i.test(userAgent)) return 'wecom';
  if (/MicroMessenger/i.test(userAgent)) return 'wechat';
  if (/\bTeams(?:Mobile[\w-]*)?\//i.test(userAgent)) return 'teams';
  return framed && around.some((origin) => TEAMS.test(origin)) ? 'teams' : null;
}

function browserOf(userAgent: string, ios: boolean): Browser {
  if (ios) return 'safari_ios';
  if (/Edg(?:A|e)?\//.test(userAgent)) return 'edge';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|Chromium\//.test(userAgent)) return /Android/.test(userAgent) ? 'chrome_android' : 'chrome';
  if (/Safari\//.test(userAgent) && /Macintosh/.test(userAgent)) return 'safari';
  return 'other';
}

export function surroundings(): Surroundings {
  const framed = window.self !== window.top;
  const around = Array.from(window.location.ancestorOrigins ?? []);
  if (framed && document.referrer) around.push(document.referrer);
  return {
    userAgent: navigator.userAgent,
    touchPoints: navigator.maxTouchPoints ?? 0,
    framed,
    around,
  };
}
