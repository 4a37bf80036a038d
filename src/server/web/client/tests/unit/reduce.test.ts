import { describe, expect, test } from 'vitest';
import type { ChatMessage, Participant, ServerMessage } from '../../src/protocol';
import { firstFailing } from '../../src/ladder/ladder';
import { reduce, type Event } from '../../src/session/reduce';
import { MAX_CHAT_KEPT, MAX_NOTICES, mayBeHeard, mayUnmute, start, voice, type Session } from '../../src/session/state';

const one = (id: number, more: Partial<Participant> = {}): Participant => ({
  id, name: `P${id}`, role: 'guest', kind: 'browser', waiting: false, muted_by_self: false, muted_by_host: false,
  nothing_heard: false, hand: false, quality: null, ...more,
});
const says = (message: ServerMessage): Event => ({ type: 'server', message });
const run = (from: Session, ...events: Event[]): Session => events.reduce(reduce, from);
const welcome = (now = '2026-11-25T02:00:00Z'): ServerMessage => ({
  type: 'welcome', version: 1, meeting: { name: 'M', now }, seat: { participant: 7, secret: 's' }, role: 'guest', ice_servers: [], phone: null,
});
const join: Event = { type: 'join', listenOnly: false, muted: false, pin: false };
const admitted = (muted = false): ServerMessage => ({ type: 'admitted', role: 'guest', muted });
const roster = (...participants: Participant[]): Event => says({ type: 'roster', participants });
const update = (participant: Participant): Event => says({ type: 'participant', participant });
const chat = (...messages: ChatMessage[]): Event => says({ type: 'chat', messages });
const line = (id: number, at: string, from = 1): ChatMessage => ({ id, from, name: 'P', text: `t${id}`, at });
const inside = run(start, join, says(welcome()), says(admitted()), roster(one(7), one(1)));
const notices = (session: Session): string[] => session.notices.map(({ notice }) => notice.is);

describe('an invitation that was pasted', () => {
  test('is shown as the bridge reads it, the last one', () => {
    const way = { service: 'zoom', meeting: '1', protocol: 'sip', address: '1@zoomcrc.com', target: 'sip:1@zoomcrc.com', digits: '', why: '', allowed: true };
    const read = run(inside, says({ type: 'invitation', ways: [way], look_alikes: [] }));
    expect(read.invitation).toEqual({ ways: [way], look_alikes: [] });
    expect(run(read, says({ type: 'invitation', ways: [], look_alikes: ['zoom.us.example'] })).invitation?.ways).toEqual([]);
  });
});

describe('joining', () => {
  test('goes over the lobby into the meeting', () => {
    const waits = run(start, join, says(welcome()), says({ type: 'waiting', place: 3, reason: 'no_host' }));
    expect(waits.phase).toEqual({ at: 'lobby', place: 3, reason: 'no_host' });
    expect(mayBeHeard(waits)).toBe(false);
    const in_ = run(waits, says(admitted()));
    expect(in_.phase).toEqual({ at: 'meeting' });
    expect(mayBeHeard(in_)).toBe(true);
    expect(notices(in_)).toEqual(['admitted']);
  });

  test('a PIN is asked for, and is wrong only where one was given', () => {
    const refused = says({ type: 'refused', code: 'CW-AUTH-010', text: 'PIN', pin_needed: true });
    expect(run(start, join, refused).phase).toEqual({ at: 'prejoin', pin: 'asked' });
    expect(run(start, { ...join, pin: true } as Event, refused).phase).toEqual({ at: 'prejoin', pin: 'wrong' });
  });

  test('a message of a later version changes nothing', () => {
    expect(run(inside, says({ type: 'hologram' } as unknown as ServerMessage))).toBe(inside);
  });

  test('who joins to listen is never heard', () => {
    const listens = run(start, { ...join, listenOnly: true } as Event, says(welcome()), says(admitted()), roster(one(7)));
    expect(mayBeHeard(listens)).toBe(false);
    const talks = run(listens, { type: 'may_talk' });
    expect(voice(talks)).toBe('self');
    expect(mayBeHeard(run(talks, { type: 'mute', muted: false }))).toBe(true);
  });
});

describe('mute', () => {
  test('a host mutes at once, and lifting it does not open the microphone', () => {
    const muted = run(inside, update(one(7, { muted_by_host: true })));
    expect(voice(muted)).toBe('host');
    expect(mayBeHeard(muted)).toBe(false);
    const lifted = run(muted, update(one(7)));
    expect(voice(lifted)).toBe('self');
    expect(notices(lifted).slice(-1)).toEqual(['may_speak']);
  });

  test('unmuting against a host waits for the bridge', () => {
    const asked = run(inside, update(one(7, { muted_by_host: true })), { type: 'mute', muted: false });
    expect(mayBeHeard(asked)).toBe(false);
    expect(mayBeHeard(run(asked, update(one(7))))).toBe(true);
    const failed = run(asked, says({ type: 'failed', of: 'mute', problem: { code: 'CW', text: 'no', pin_needed: false } }), update(one(7)));
    expect(mayBeHeard(failed)).toBe(false);
  });

  test('an older word of the bridge does not undo my unmuting', () => {
    const asked = run(inside, { type: 'mute', muted: true }, update(one(7, { muted_by_self: true })), { type: 'mute', muted: false });
    expect(mayBeHeard(run(asked, update(one(7, { muted_by_self: true, hand: true }))))).toBe(true);
    const settled = run(asked, update(one(7)));
    expect(voice(run(settled, update(one(7, { muted_by_self: true }))))).toBe('self');
  });

  test('a guest may not unmute where the host forbids it; a host may', () => {
    const state = says({ type: 'state', locked: false, may_unmute: false, may_call_me: false, may_call_out: false, guests_call_me: false, draining: false });
    const muted = run(inside, state, update(one(7, { muted_by_host: true })));
    expect(mayUnmute(muted)).toBe(false);
    expect(mayUnmute(run(muted, update(one(7, { muted_by_host: true, role: 'host' }))))).toBe(true);
    expect(mayUnmute(run(inside, state, { type: 'mute', muted: true }))).toBe(false);
    expect(mayUnmute(run(inside, state))).toBe(true);
  });
});

test('whom a host gives the word hears of it, once', () => {
  const state = (may_unmute: boolean): Event =>
    says({ type: 'state', locked: false, may_unmute, may_call_me: false, may_call_out: false, guests_call_me: false, draining: false });
  const muted = run(inside, state(false), { type: 'mute', muted: true });
  expect(notices(run(muted, state(true))).slice(-1)).toEqual(['may_speak']);
  const byHost = run(inside, state(false), update(one(7, { muted_by_host: true })));
  const given = run(byHost, state(true), update(one(7)));
  expect(notices(given).filter((is) => is === 'may_speak')).toEqual(['may_speak']);
  expect(notices(run(inside, state(false), state(true)))).not.toContain('may_speak');
});

describe('people', () => {
  test('come, wait, raise a hand and go', () => {
    const after = run(inside, update(one(8, { waiting: true })), update(one(8)), update(one(8, { hand: true })));
    expect(notices(after).slice(-3)).toEqual(['waits', 'came', 'hand']);
    const gone = run(after, says({ type: 'speaking', participants: [8, 1] }), says({ type: 'gone', participant: 8 }));
    expect(gone.speaking).toEqual([1]);
    expect(notices(gone).slice(-1)).toEqual(['went']);
    expect(run(gone, says({ type: 'gone', participant: 99 }))).toBe(gone);
  });

  test('a crowd that comes at once leaves few notices', () => {
    const crowd = Array.from({ length: 50 }, (_, index) => update(one(100 + index)));
    const after = run(inside, ...crowd);
    expect(after.people.length).toBe(52);
    expect(after.notices.length).toBe(MAX_NOTICES);
  });

  test('I become the host when it is handed to me', () => {
    const host = run(inside, update(one(7, { role: 'host' })));
    expect(host.role).toBe('host');
    expect(notices(host).slice(-1)).toEqual(['now_host']);
  });
});

describe('chat', () => {
  test('history is not unread, my own is not, what comes is, and nothing is shown twice', () => {
    const after = run(inside, chat(line(1, '2026-11-25T01:00:00Z')), chat(line(2, '2026-11-25T02:01:00Z'), line(3, '2026-11-25T02:02:00Z', 7)), chat(line(2, '2026-11-25T02:01:00Z')));
    expect(after.unread).toBe(1);
    expect(after.chat.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(run(after, { type: 'chat_open', open: true }).unread).toBe(0);
  });

  test('what was written while the connection was broken is unread', () => {
    const back = run(inside, { type: 'wire', wire: { is: 'lost', since: 0, attempt: 1 } }, says(welcome('2026-11-25T02:10:00Z')), { type: 'wire', wire: { is: 'up' } }, says(admitted()), chat(line(5, '2026-11-25T02:05:00Z')));
    expect(back.unread).toBe(1);
    expect(notices(back)).toContain('back');
    expect(notices(back).filter((is) => is === 'admitted').length).toBe(1);
  });

  test('is kept within bounds', () => {
    const many = Array.from({ length: MAX_CHAT_KEPT + 10 }, (_, index) => line(index + 1, '2026-11-25T01:00:00Z'));
    const after = run(inside, chat(...many));
    expect(after.chat.length).toBe(MAX_CHAT_KEPT);
    expect(after.chat[0]?.id).toBe(11);
  });
});

describe('what I write', () => {
  const wrote: Event = { type: 'wrote', told: true };
  const lost: Event = { type: 'wire', wire: { is: 'lost', since: 0, attempt: 1 } };

  test('is on its way until the bridge says it again', () => {
    const sent = run(inside, wrote);
    expect(sent.writing).toBe('sent');
    expect(run(sent, chat(line(1, '2026-11-25T02:01:00Z'))).writing).toBe('sent');
    expect(run(sent, chat(line(2, '2026-11-25T02:01:00Z', 7))).writing).toBe('idle');
  });

  test('is unsent where the connection or the bridge did not take it, unless it arrived after all', () => {
    expect(run(inside, { type: 'wrote', told: false }).writing).toBe('unsent');
    const fast = says({ type: 'failed', of: 'chat', problem: { code: 'CW-WEB-010', text: 'slowly', pin_needed: false } });
    expect(run(inside, wrote, fast).writing).toBe('unsent');
    expect(run(inside, wrote, lost).writing).toBe('unsent');
    expect(run(inside, wrote, lost, chat(line(2, '2026-11-25T02:01:00Z', 7))).writing).toBe('idle');
    expect(run(inside, lost).writing).toBe('idle');
  });
});

describe('the end', () => {
  test('denied_names_admission', () => {
    const denied = says({ type: 'ended', code: 'CW-CONF-004', text: 'Denied', pin_needed: false });
    const waits = says({ type: 'waiting', place: 1, reason: 'lobby' });
    for (const before of [run(start, join, says(welcome())), run(start, join, says(welcome()), waits)]) {
      const { phase } = run(before, denied);
      if (phase.at !== 'failed') throw new Error(phase.at);
      expect(firstFailing(phase.seen)).toBe('admission');
      expect(phase.seen.problem).toEqual({ code: 'CW-CONF-004', text: 'Denied', pin_needed: false });
    }
    const back = run(start, { ...join, back: true } as Event, denied);
    expect(back.phase.at).toBe('ended');
  });

  test('keeps why, and forgets the others', () => {
    const over = run(inside, says({ type: 'ended', code: 'CW-CONF-001', text: 'Removed', pin_needed: false }));
    expect(over.phase).toEqual({ at: 'ended', why: { is: 'told', problem: { code: 'CW-CONF-001', text: 'Removed', pin_needed: false } } });
    expect(over.people).toEqual([]);
  });

  test('what I left stays left, whatever the bridge says of it', () => {
    const left = run(inside, { type: 'left' }, says({ type: 'ended', code: 'CW-CALL-000', text: 'ended', pin_needed: false }));
    expect(left.phase).toEqual({ at: 'ended', why: { is: 'left' } });
  });
});

test('a call is followed from asking to its end', () => {
  const asked = run(inside, { type: 'call', target: '123' });
  expect(asked.calls).toEqual([{ target: '123', state: 'asked', problem: null }]);
  const rings = run(asked, says({ type: 'call', target: '123', state: 'ringing', problem: null }));
  expect(rings.calls.map(({ state }) => state)).toEqual(['ringing']);
  const refused = run(asked, says({ type: 'failed', of: 'call_me', problem: { code: 'CW', text: 'no', pin_needed: false } }));
  expect(refused.calls).toEqual([]);
});
