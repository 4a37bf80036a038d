// The steps between a link and a meeting, and the first of them that fails.

import type { Problem } from '../protocol';

export const RUNGS = ['link', 'dns', 'tls', 'websocket', 'ice_udp', 'turn', 'admission'] as const;
export type Rung = (typeof RUNGS)[number];

export type Mark = 'passed' | 'failed' | 'not_tried' | 'not_offered';

/** What was seen of each step. `null`: not tried. */
export interface Observation {
  /** The link has a token. */
  token: boolean;
  online: boolean;
  /** HTTPS, or this machine. */
  secure: boolean;
  /** A request by HTTPS. */
  reached: Reach | null;
  /** The WebSocket opened, and the bridge spoke. */
  socket: boolean | null;
  udp: boolean | null;
  /** By TCP or by a TURN server. */
  detour: boolean | null;
  detourOffered: boolean;
  /** I was let in. */
  admitted: boolean;
  /** There was a seat, and it was given up. */
  seatLost: boolean;
  /** What the bridge said. */
  problem: Problem | null;
}

/** How far a request by HTTPS came. */
export type Reach = 'answered' | 'no_name' | 'no_tls';

export const nothingSeen: Observation = {
  token: true, online: true, secure: true, reached: null, socket: null, udp: null, detour: null,
  detourOffered: false, admitted: false, seatLost: false, problem: null,
};

export function ladder(seen: Observation): { rung: Rung; mark: Mark }[] {
  const reached = seen.reached ?? (seen.socket ? 'answered' : null);
  const marks: Record<Rung, Mark> = {
    link: !seen.token || isOfLink(seen.problem) ? 'failed' : 'passed',
    dns: (!seen.online && reached !== 'answered') || reached === 'no_name' ? 'failed' : mark(reached === null ? null : true),
    tls: !seen.secure || reached === 'no_tls' ? 'failed' : mark(reached === 'answered' ? true : null),
    websocket: mark(seen.socket),
    ice_udp: mark(seen.udp),
    turn: seen.udp ? 'not_tried' : seen.detour === false && !seen.detourOffered ? 'not_offered' : mark(seen.detour),
    admission: seen.problem && !isOfLink(seen.problem) ? 'failed' : seen.admitted ? 'passed' : 'not_tried',
  };
  return RUNGS.map((rung) => ({ rung, mark: marks[rung] }));
}

/** The first step that failed. UDP alone is no failure where a detour works. */
export function firstFailing(seen: Observation): Rung {
  const failed = ladder(seen).find(({ rung, mark: is }) => is === 'failed' && !(rung === 'ice_udp' && seen.detour));
  return failed?.rung ?? 'admission';
}

/** A seat was given up: the link is as good as before. */
const SEAT_LOST = 'CW-LINK-006';

/** Codes of the link itself: spoilt, expired, used up, revoked, or of a meeting that is over. */
export function isOfLink(problem: Problem | null): boolean {
  return problem !== null && problem.code !== SEAT_LOST && /^CW-(?:LINK|DIAL)-/.test(problem.code);
}

function mark(is: boolean | null): Mark {
  if (is === null) return 'not_tried';
  return is ? 'passed' : 'failed';
}
