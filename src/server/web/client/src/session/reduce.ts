// From what happened to what is known: no clock, no network, no page.

import type { LinkAnswer, Participant, ServerMessage } from '../protocol';
import { nothingSeen, type Observation } from '../ladder/ladder';
import type { Lines } from '../media/peer';
import {
  MAX_CALLS, MAX_CHAT_KEPT, MAX_NOTICES, me, noWall, plainScene, plainView, seated, start,
  type Call, type Media, type Notice, type Scene, type Session, type Wire,
} from './state';

export type Event =
  | { type: 'server'; message: ServerMessage }
  | { type: 'checked'; link: LinkAnswer | null }
  | { type: 'join'; listenOnly: boolean; muted: boolean; pin: boolean; back?: boolean }
  | { type: 'wire'; wire: Wire }
  | { type: 'media'; media: Media }
  | { type: 'lines'; lines: Lines }
  /** I switched my camera. */
  | { type: 'camera'; on: boolean }
  | { type: 'failed'; seen: Observation }
  | { type: 'mute'; muted: boolean }
  /** Who joined to listen found a microphone. */
  | { type: 'may_talk' }
  | { type: 'hand'; raised: boolean }
  | { type: 'call'; target: string }
  /** Something was written; `told`: the connection took it. */
  | { type: 'wrote'; told: boolean }
  /** Something could not be told to the bridge. */
  | { type: 'unsent' }
  | { type: 'chat_open'; open: boolean }
  | { type: 'left' }
  | { type: 'again' }
  | { type: 'read'; notice: number };

export function reduce(session: Session, event: Event): Session {
  switch (event.type) {
    case 'server':
      return heard(session, event.message);
    case 'checked':
      return {
        ...session,
        phase: { at: 'prejoin', pin: event.link?.pin_needed ? 'asked' : 'none' },
        meeting: event.link?.meeting ?? session.meeting,
        phone: event.link?.phone ?? session.phone,
      };
    case 'join':
      return {
        ...session,
        phase: { at: 'joining', pin: event.pin, back: event.back ?? false },
        listenOnly: event.listenOnly,
        mute: { wish: event.muted || event.listenOnly, asked: null },
      };
    case 'wire':
      return wire(session, event.wire);
    case 'media':
      return { ...session, media: event.media };
    case 'lines':
      return { ...session, lines: event.lines };
    case 'camera':
      return noticed(session, { is: event.on ? 'camera_on' : 'camera_off' });
    case 'failed':
      return { ...cleared(session), phase: { at: 'failed', seen: event.seen } };
    case 'mute':
      return noticed(
        { ...session, mute: { wish: event.muted, asked: event.muted } },
        { is: event.muted ? 'muted' : 'unmuted' },
      );
    case 'may_talk':
      return { ...session, listenOnly: false, mute: { wish: true, asked: true } };
    case 'hand':
      return { ...session, hand: event.raised };
    case 'call':
      return called(session, { target: event.target, state: 'asked', problem: null });
    case 'wrote':
      return { ...session, writing: event.told ? 'sent' : 'unsent' };
    case 'unsent':
      return noticed(session, { is: 'unsent' });
    case 'chat_open':
      return { ...session, chatOpen: event.open, unread: event.open ? 0 : session.unread };
    case 'left':
      return session.phase.at === 'ended'
        ? session
        : { ...cleared(session), phase: { at: 'ended', why: { is: 'left' } } };
    case 'again':
      return { ...start, meeting: session.meeting, phone: session.phone, phase: { at: 'prejoin', pin: 'none' } };
    case 'read':
      return { ...session, notices: session.notices.filter((one) => one.id !== event.notice) };
  }
}

/** What the bridge says. A type that is not known is passed over. */
function heard(session: Session, message: ServerMessage): Session {
  switch (message.type) {
    case 'welcome':
      return {
        ...session,
        // A second welcome is that of a connection taken up again: what came before its time
        // counts as new, so that nothing written in the meantime is missed.
        meeting: seated(session) && session.meeting ? { ...message.meeting, now: session.meeting.now } : message.meeting,
        seat: message.seat,
        role: message.role,
        iceServers: message.ice_servers,
        phone: message.phone ?? session.phone,
      };
    case 'refused':
      return message.pin_needed
        ? { ...session, phase: { at: 'prejoin', pin: session.phase.at === 'joining' && session.phase.pin ? 'wrong' : 'asked' } }
        : session;
    case 'waiting':
      return { ...session, phase: { at: 'lobby', place: message.place, reason: message.reason } };
    case 'admitted':
      return admitted(session, message);
    case 'roster':
      return roster(session, message.participants);
    case 'participant':
      return participant(session, message.participant);
    case 'gone':
      return gone(session, message.participant);
    case 'speaking':
      return { ...session, speaking: message.participants };
    case 'state': {
      const { type: _, ...rules } = message;
      return ruled(session, rules);
    }
    case 'picture': {
      const { type: _, ...scene } = message;
      return composed(session, scene);
    }
    case 'view': {
      const { type: _, ...view } = message;
      return { ...session, view };
    }
    case 'tiles': {
      const { type: _, ...wall } = message;
      return { ...session, wall };
    }
    case 'chat':
      return chat(session, message.messages);
    case 'failed':
      return failed(session, message.of, message.problem);
    case 'call':
      return called(session, { target: message.target, state: message.state, problem: message.problem });
    case 'invitation': {
      const { type: _, ...invitation } = message;
      return { ...session, invitation };
    }
    case 'ended': {
      // The echo of my own leaving tells nothing new.
      if (session.phase.at === 'ended') return session;
      const { type: _, ...problem } = message;
      if (wasIn(session)) return { ...cleared(session), phase: { at: 'ended', why: { is: 'told', problem } } };
      const seen = session.media.is === 'failed' ? session.media.seen : nothingSeen;
      return { ...cleared(session), phase: { at: 'failed', seen: { ...seen, reached: 'answered', socket: true, problem } } };
    }
    default:
      return session;
  }
}

/** Who was never let in has no meeting that ends. */
function wasIn({ phase }: Session): boolean {
  return phase.at === 'meeting' || (phase.at === 'joining' && phase.back);
}

function ruled(session: Session, rules: Session['rules']): Session {
  const { rules: before, phase, role, listenOnly, mute } = session;
  let next: Session = { ...session, rules };
  if (phase.at !== 'meeting') return next;
  if (rules.locked !== before.locked) next = noticed(next, { is: rules.locked ? 'locked' : 'unlocked' });
  const given = rules.may_unmute && !before.may_unmute && role === 'guest';
  return given && mute.wish && !listenOnly ? maySpeak(next) : next;
}

/** Who is large for all, and what the bridge has time for, is said to those who are in. */
function composed(session: Session, scene: Scene): Session {
  const { scene: before, people } = session;
  let next: Session = { ...session, scene };
  if (session.phase.at !== 'meeting') return next;
  if (scene.strain !== before.strain) next = noticed(next, { is: 'strain', strain: scene.strain });
  if (scene.spotlight === before.spotlight) return next;
  const who = people.find((one) => one.id === scene.spotlight) ?? null;
  return noticed(next, { is: 'spotlight', who });
}

/** Said once, where the rule and my own mute change together. */
function maySpeak(session: Session): Session {
  const last = session.notices[session.notices.length - 1];
  return last?.notice.is === 'may_speak' ? session : noticed(session, { is: 'may_speak' });
}

function wire(session: Session, next: Wire): Session {
  const back = session.wire.is === 'lost' && next.is === 'up' && seated(session);
  // What the connection took with it may never have arrived.
  const writing = next.is === 'lost' && session.writing === 'sent' ? 'unsent' : session.writing;
  const changed = { ...session, wire: next, writing };
  return back ? noticed(changed, { is: 'back' }) : changed;
}

function admitted(session: Session, message: { role: Session['role']; muted: boolean }): Session {
  const first = session.phase.at !== 'meeting';
  const muted = session.mute.wish || message.muted;
  const next: Session = {
    ...session,
    phase: { at: 'meeting' },
    role: message.role,
    mute: { wish: muted, asked: null },
  };
  if (!first) return next;
  return noticed(next, { is: message.muted && !session.listenOnly ? 'muted_at_entry' : 'admitted' });
}

function roster(session: Session, people: Participant[]): Session {
  const before = me(session);
  const next = { ...session, people, speaking: session.speaking.filter((id) => people.some((one) => one.id === id)) };
  return mine(next, before);
}

function participant(session: Session, one: Participant): Session {
  const before = session.people.find((other) => other.id === one.id);
  const people = before
    ? session.people.map((other) => (other.id === one.id ? one : other))
    : [...session.people, one];
  const next = { ...session, people };
  if (one.id === session.seat?.participant) return mine(next, before);
  if (one.waiting && !before) return noticed(next, { is: 'waits', who: one });
  if (!one.waiting && (!before || before.waiting)) return noticed(next, { is: 'came', who: one });
  if (one.hand && !before?.hand) return noticed(next, { is: 'hand', who: one });
  return next;
}

function gone(session: Session, id: number): Session {
  const one = session.people.find((other) => other.id === id);
  if (!one) return session;
  const next = {
    ...session,
    people: session.people.filter((other) => other.id !== id),
    speaking: session.speaking.filter((other) => other !== id),
  };
  return one.waiting ? next : noticed(next, { is: 'went', who: one });
}

/** What changed about me. Being muted is believed at once; being unmuted is only my own doing. */
function mine(session: Session, before: Participant | undefined): Session {
  const now = me(session);
  if (!now) return session;
  let next: Session = { ...session, role: now.role, hand: now.hand };
  const { wish, asked } = session.mute;
  if (asked !== null && now.muted_by_self === asked) next = { ...next, mute: { wish, asked: null } };
  else if (asked === null && now.muted_by_self && !wish) next = { ...next, mute: { wish: true, asked: null } };
  if (now.muted_by_host && !before?.muted_by_host) {
    next = { ...next, mute: { wish: true, asked: null } };
    if (before) next = noticed(next, { is: 'muted_by_host' });
  }
  if (!now.muted_by_host && before?.muted_by_host && next.mute.wish) next = maySpeak(next);
  if (before && before.role !== 'host' && now.role === 'host') next = noticed(next, { is: 'now_host' });
  return next;
}

function chat(session: Session, messages: Session['chat']): Session {
  const known = new Set(session.chat.map((one) => one.id));
  const fresh = messages.filter((one) => !known.has(one.id));
  if (fresh.length === 0) return session;
  const since = session.meeting ? Date.parse(session.meeting.now) : 0;
  const unseen = fresh.filter((one) => one.from !== session.seat?.participant && !(Date.parse(one.at) < since));
  const mine = fresh.some((one) => one.from === session.seat?.participant);
  const next: Session = {
    ...session,
    writing: mine ? 'idle' : session.writing,
    chat: [...session.chat, ...fresh].sort((a, b) => a.id - b.id).slice(-MAX_CHAT_KEPT),
    unread: session.chatOpen ? 0 : session.unread + unseen.length,
  };
  const last = unseen[unseen.length - 1];
  return last ? noticed(next, { is: 'chat', name: last.name, text: last.text }) : next;
}

function failed(session: Session, of: string, problem: Session['calls'][number]['problem']): Session {
  if (!problem) return session;
  let next = session;
  if (of === 'mute') next = { ...next, mute: { wish: true, asked: null } };
  if (of === 'chat') next = { ...next, writing: 'unsent' };
  if (of === 'hand') next = { ...next, hand: me(session)?.hand ?? false };
  // A call that was refused outright: the bridge never took it up.
  if (of === 'call_me' || of === 'host') {
    next = { ...next, calls: next.calls.filter((one) => one.state !== 'asked') };
  }
  return noticed(next, { is: 'failed', problem });
}

function called(session: Session, call: Call): Session {
  const others = session.calls.filter((one) => one.target !== call.target);
  return { ...session, calls: [...others, call].slice(-MAX_CALLS) };
}

function noticed(session: Session, notice: Notice): Session {
  return {
    ...session,
    notices: [...session.notices, { id: session.nextNotice, notice }].slice(-MAX_NOTICES),
    nextNotice: session.nextNotice + 1,
  };
}

/** What does not outlast the meeting. */
function cleared(session: Session): Session {
  return {
    ...session, wire: { is: 'none' }, media: { is: 'none' }, lines: start.lines, scene: plainScene, view: plainView, wall: noWall, people: [], speaking: [], calls: [], notices: [], hand: false, writing: 'idle',
  };
}
