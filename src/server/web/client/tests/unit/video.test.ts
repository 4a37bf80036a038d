import { describe, expect, test } from 'vitest';
import { ArrivalMeter, verdictOf } from '../../src/media/arrival';
import { keepChoice, keptChoice } from '../../src/media/choice';
import { fitted, offered } from '../../src/media/encodings';
import type { Participant, ServerMessage } from '../../src/protocol';
import { reduce, type Event } from '../../src/session/reduce';
import { mayBeSeen, noWall, plainScene, plainView, seesSomebody, start, type Session } from '../../src/session/state';

const run = (from: Session, ...events: Event[]): Session => events.reduce(reduce, from);
const says = (message: ServerMessage): Event => ({ type: 'server', message });

describe('the sizes of the camera', () => {
  const scales = (encodings: readonly RTCRtpEncodingParameters[]): unknown[] =>
    encodings.filter(({ active }) => active).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);

  test('are three where they were agreed, and each as it was offered', () => {
    const agreed = offered().map((one) => ({ ...one, active: true }));
    expect(scales(fitted(agreed, true))).toEqual([4, 2, 1]);
    expect(fitted(agreed, true).map(({ rid }) => rid)).toEqual(['l', 'm', 'h']);
  });

  test('are the whole where one is left, and that is the smallest of the offer', () => {
    const left = fitted([{ ...offered()[0], active: true }], true);
    expect(left).toMatchObject([{ rid: 'l', active: true, scaleResolutionDownBy: 1, maxBitrate: 1_200_000 }]);
  });

  test('are one that costs next to nothing while nobody looks, and as before when somebody does', () => {
    for (const count of [1, 3]) {
      const agreed = fitted(offered().slice(0, count), true);
      const unseen = fitted(agreed, false);
      expect(scales(unseen)).toEqual([4]);
      expect(unseen[0]).toMatchObject({ maxBitrate: 60_000, maxFramerate: 5 });
      expect(fitted(unseen, true)).toEqual(agreed);
    }
  });

  test('stay the same array where nothing changes', () => {
    const agreed = fitted(offered(), true);
    expect(fitted(agreed, true)).toBe(agreed);
    expect(fitted([], false)).toEqual([]);
  });

  test('keep what the browser says of them beside', () => {
    const [one] = fitted([{ rid: 'l', priority: 'low', active: true } as RTCRtpEncodingParameters], true);
    expect(one?.priority).toBe('low');
  });
});

describe('what arrives', () => {
  const report = (timestamp: number, more: object): Record<string, unknown>[] =>
    [{ type: 'inbound-rtp', kind: 'audio' }, { type: 'inbound-rtp', kind: 'video', timestamp, frameWidth: 1280, frameHeight: 720, ...more }];

  test('is counted between two looks', () => {
    const meter = new ArrivalMeter();
    expect(meter.take(report(1000, { framesDecoded: 30, packetsReceived: 100, packetsLost: 0 }))).toBe(null);
    const seen = meter.take(report(3000, { framesDecoded: 88, packetsReceived: 290, packetsLost: 10 }));
    expect(seen).toEqual({ width: 1280, height: 720, framesPerSecond: 29, lossPermille: 50 });
  });

  test('begins anew with another connection, and is nothing before the first picture', () => {
    const meter = new ArrivalMeter();
    meter.take(report(1000, { framesDecoded: 500, packetsReceived: 900, packetsLost: 3 }));
    expect(meter.take(report(2000, { framesDecoded: 2, packetsReceived: 4, packetsLost: 0 }))).toBe(null);
    expect(meter.take(report(3000, { framesDecoded: 32, packetsReceived: 104, packetsLost: -2 }))?.lossPermille).toBe(0);
    expect(meter.take([{ type: 'inbound-rtp', kind: 'audio' }])).toBe(null);
    expect(new ArrivalMeter().take(report(1, { framesDecoded: 0 }))).toBe(null);
  });

  test('is that of the largest that changes, where there are several', () => {
    const meter = new ArrivalMeter();
    const rest = { id: 'picture', framesDecoded: 90, packetsReceived: 9, packetsLost: 0 };
    const tile = (id: string, framesDecoded: number, frameHeight: number) => ({ id, frameWidth: 320, frameHeight, framesDecoded, packetsReceived: framesDecoded, packetsLost: 0 });
    meter.take([...report(1000, rest), ...report(1000, tile('a', 10, 180)), ...report(1000, tile('b', 10, 360))]);
    const seen = meter.take([...report(2000, rest), ...report(2000, tile('a', 40, 180)), ...report(2000, tile('b', 35, 360))]);
    expect(seen).toMatchObject({ height: 360, framesPerSecond: 25 });
  });

  test('is judged by what is lost, not by how little moves', () => {
    const still = { width: 1280, height: 720, framesPerSecond: 0, lossPermille: 0 };
    expect(verdictOf(still)).toBe('good');
    expect(verdictOf({ ...still, lossPermille: 10 })).toBe('fair');
    expect(verdictOf({ ...still, lossPermille: 50 })).toBe('bad');
    expect(verdictOf({ ...still, height: 180 })).toBe('fair');
  });
});

test('the choice of a camera is kept; what was spoilt is none', () => {
  const held = new Map<string, string>();
  const store = { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, value: string) => void held.set(key, value) };
  expect(keptChoice(store)).toBe(null);
  keepChoice(store, { on: false, device: 'd' });
  expect(keptChoice(store)).toEqual({ on: false, device: 'd' });
  for (const bad of ['{', 'null', '7', '{}', '{"on":1,"device":""}', '[]']) {
    held.set('causeway.camera', bad);
    expect(keptChoice(store), bad).toBe(null);
  }
  const blocked = { getItem: () => { throw new Error(); }, setItem: () => { throw new Error(); } };
  keepChoice(blocked, { on: true, device: '' });
  expect(keptChoice(blocked)).toBe(null);
});

describe('who sees whom', () => {
  const one = (id: number, more: Partial<Participant> = {}): Participant => ({
    id, name: `P${id}`, role: 'guest', kind: 'browser', waiting: false, muted_by_self: false, muted_by_host: false,
    nothing_heard: false, hand: false, quality: null, ...more,
  });
  const camera: Participant['camera'] = { state: 'coming', sight: 'fine' };
  const welcome: ServerMessage = {
    type: 'welcome', version: 1, meeting: { name: 'M', now: '2026-11-25T02:00:00Z' }, seat: { participant: 7, secret: 's' }, role: 'guest', ice_servers: [], phone: null,
  };
  const joins: Event = { type: 'join', listenOnly: true, muted: false, pin: false };
  const both: Event = { type: 'lines', lines: { camera: true, picture: true } };
  const roster = (...participants: Participant[]): Event => says({ type: 'roster', participants });
  const inside = run(start, joins, says(welcome), both, says({ type: 'admitted', role: 'guest', muted: false }), roster(one(7), one(8)));

  test('nobody is seen before being let in', () => {
    const waits = run(start, joins, says(welcome), both, says({ type: 'waiting', place: 1, reason: 'lobby' }));
    expect(mayBeSeen(waits)).toBe(false);
    expect(mayBeSeen(inside)).toBe(true);
  });

  test('the picture is worth showing where somebody else is in it', () => {
    expect(seesSomebody(inside)).toBe(false);
    expect(seesSomebody(run(inside, roster(one(7, { camera }), one(8))))).toBe(false);
    const seen = run(inside, roster(one(7), one(8, { camera })));
    expect(seesSomebody(seen)).toBe(true);
    expect(seesSomebody(run(seen, { type: 'lines', lines: { camera: false, picture: false } }))).toBe(false);
    expect(seesSomebody(run(seen, says({ type: 'picture', ...plainScene, strain: 'audio_only' })))).toBe(false);
  });

  test('tiles of their own need no time of the bridge, and nothing of them outlasts the meeting', () => {
    const wall = { lines: 9, shown: true, tiles: [{ participant: 8, line: 1, left: 0, top: 0, width: 10_000, height: 10_000 }] };
    const strained = run(inside, roster(one(7), one(8, { camera })), says({ type: 'picture', ...plainScene, strain: 'audio_only' }));
    expect(seesSomebody(strained)).toBe(false);
    const tiled = run(strained, says({ type: 'tiles', ...wall }));
    expect(tiled.wall).toEqual(wall);
    expect(seesSomebody(tiled)).toBe(true);
    expect(run(tiled, { type: 'left' }).wall).toEqual(noWall);
  });

  test('a spotlight and a strain are told to those who are in, once', () => {
    const told = (session: Session): unknown[] => session.notices.slice(inside.notices.length).map(({ notice }) => notice);
    const lit = run(inside, says({ type: 'picture', ...plainScene, spotlight: 8 }));
    expect(told(lit)).toEqual([{ is: 'spotlight', who: one(8) }]);
    expect(run(lit, says({ type: 'picture', ...plainScene, spotlight: 8 })).notices).toEqual(lit.notices);
    expect(told(run(lit, says({ type: 'picture', ...plainScene }))).slice(1)).toEqual([{ is: 'spotlight', who: null }]);
    expect(told(run(inside, says({ type: 'picture', ...plainScene, strain: 'smaller' })))).toEqual([{ is: 'strain', strain: 'smaller' }]);
    const outside = run(start, joins, says(welcome), says({ type: 'picture', ...plainScene, spotlight: 8 }));
    expect(outside.notices).toEqual([]);
  });

  test('what I see is what the bridge says, and nothing of it outlasts the meeting', () => {
    const view = { layout: 'equal', chosen: 'equal', pinned: null, page: 1, pages: 3, more: 4, camera_seen: false } as const;
    const looked = run(inside, says({ type: 'view', ...view }));
    expect(looked.view).toEqual(view);
    const left = run(looked, { type: 'left' });
    expect([left.view, left.scene, left.lines]).toEqual([plainView, plainScene, { camera: false, picture: false }]);
  });
});
