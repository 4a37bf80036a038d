import { describe, expect, test } from 'vitest';
import { en } from '../../src/i18n/en';
import { lang, langOf } from '../../src/i18n';
import { zh } from '../../src/i18n/zh';
import { levelOf, sinkTo } from '../../src/media/level';
import { routeOf } from '../../src/media/route';
import type { Participant } from '../../src/protocol';
import { api, placeOf, signalAddress } from '../../src/place';
import { keepSeat, SEAT_KEPT_MS, takeSeat, type KeptSeat } from '../../src/session/seat';
import { GIVE_UP_MS, pause } from '../../src/signalling/backoff';
import { read } from '../../src/signalling/frame';
import { deviceText, initials, muteTruth, nameOf } from '../../src/view/person';
import { dialLink } from '../../src/view/phone';

describe('languages', () => {
  const leaves = (table: object, path = ''): [string, string][] =>
    Object.entries(table).flatMap(([key, value]): [string, string][] => {
      const at = `${path}.${key}`;
      if (typeof value === 'string') return [[at, value]];
      if (typeof value === 'function') return [[at, String(value('X', 'Y'))]];
      return leaves(value as object, at);
    });

  test('have the same keys, and no empty text', () => {
    const [english, chinese] = [leaves(en), leaves(zh)];
    expect(chinese.map(([key]) => key)).toEqual(english.map(([key]) => key));
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });

  test('Chinese texts are Chinese, and English ones are not', () => {
    const same = new Set(['.language.other', '.language.code']);
    for (const [key, text] of leaves(zh)) if (!same.has(key)) expect(text, key).toMatch(/\p{Script=Han}/u);
    for (const [key, text] of leaves(en)) if (!same.has(key)) expect(text, key).not.toMatch(/\p{Script=Han}/u);
  });

  test('what a text is given appears in it', () => {
    expect(zh.notice.chat('甲', '好')).toBe('甲 说：好');
    expect(en.meeting.present(1)).toBe('1 person');
  });

  test('the first known language of the browser is taken', () => {
    expect(langOf(['fr-FR', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(langOf(['en-GB', 'zh-CN'])).toBe('en');
    expect(langOf(['fr'])).toBe('en');
  });
});

test('the place is read from the address, behind any prefix', () => {
  const place = placeOf({ origin: 'https://b.example', pathname: '/meet/causeway/j/m-1', hash: '#abc.def%2B' });
  expect(place).toEqual({ base: 'https://b.example/meet/causeway', meeting: 'm-1', token: 'abc.def+' });
  expect(signalAddress(place)).toBe('wss://b.example/meet/causeway/api/v1/signal');
  expect(api(placeOf({ origin: 'http://h', pathname: '/j/1', hash: '#%' }), 'link')).toBe('http://h/api/v1/link');
  expect(placeOf({ origin: 'http://h', pathname: '/j/1', hash: '#%' }).token).toBe('%');
});

test('a device is told in the language of the page, with what it looks like', () => {
  const one = { device: { zh: '亿联 VC', en: 'Yealink VC' }, looks_like: { zh: 'HDX', en: 'Polycom HDX' } } as Participant;
  const before = lang.value;
  lang.value = 'zh-CN';
  expect(deviceText(one)).toBe('亿联 VC · 更像 HDX');
  lang.value = 'en';
  expect(deviceText(one)).toBe('Yealink VC · looks like Polycom HDX');
  expect(deviceText({} as Participant)).toBe('');
  lang.value = before;
});

test('frames are read with suspicion', () => {
  expect(read('{"type":"pong","id":1}')).toEqual({ type: 'pong', id: 1 });
  for (const bad of ['', '1', 'null', '[]', '{}', '{"type":"hologram"}', '{"type":1}', new ArrayBuffer(1), '{']) expect(read(bad)).toBe(null);
});

test('pauses grow, are spread, and end within the time that a seat is kept', () => {
  expect([1, 2, 3, 9].map((attempt) => pause(attempt, 1))).toEqual([250, 500, 1000, 4000]);
  expect(pause(3, 0)).toBe(500);
  expect(GIVE_UP_MS).toBe(SEAT_KEPT_MS);
});

test('a kept seat is taken once, by its meeting, and not too late', () => {
  const held = new Map<string, string>();
  const store = { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, value: string) => void held.set(key, value), removeItem: (key: string) => void held.delete(key) };
  const kept: KeptSeat = { meeting: 'm', seat: { participant: 1, secret: 's' }, name: 'N', muted: true, listenOnly: false, microphone: '', camera: true, left: 1000, phone: { number: '+862112345678', code: '1', personal_code: null }, admitted: true };
  keepSeat(store, kept);
  expect(takeSeat(store, 'm', 2000)).toEqual(kept);
  expect(takeSeat(store, 'm', 2000)).toBe(null);
  keepSeat(store, kept);
  expect(takeSeat(store, 'other', 2000)).toBe(null);
  keepSeat(store, kept);
  expect(takeSeat(store, 'm', 1000 + SEAT_KEPT_MS)).toBe(null);
  held.set('causeway.seat', '{');
  expect(takeSeat(store, 'm', 2000)).toBe(null);
  const blocked = { getItem: () => { throw new Error(); }, setItem: () => { throw new Error(); }, removeItem: () => undefined };
  keepSeat(blocked, kept);
  expect(takeSeat(blocked, 'm', 0)).toBe(null);
});

test('the speaker of the system is taken again after another', async () => {
  const taken: string[] = [];
  const element = { setSinkId: async (id: string) => void taken.push(id) } as unknown as HTMLAudioElement;
  await sinkTo(element, 'headset');
  await sinkTo(element, '');
  await sinkTo({} as HTMLAudioElement, 'headset');
  expect(taken).toEqual(['headset', '']);
});

test('the level is nothing in silence and full when loud', () => {
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(new Float32Array(1024).fill(0.9))).toBe(1);
  const soft = levelOf(new Float32Array(1024).fill(0.02));
  expect(soft).toBeGreaterThan(0.3);
  expect(soft).toBeLessThan(0.7);
});

test('the way of the media is read from the nominated pair', () => {
  const report = [
    { id: 'l1', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
    { id: 'l2', type: 'local-candidate', candidateType: 'relay', protocol: 'udp' },
    { id: 'p1', type: 'candidate-pair', localCandidateId: 'l1', state: 'failed', nominated: false },
    { id: 'p2', type: 'candidate-pair', localCandidateId: 'l2', state: 'succeeded', nominated: true, currentRoundTripTime: 0.042 },
  ];
  expect(routeOf(report)).toEqual({ way: 'relay', roundTripMs: 42 });
  expect(routeOf(report.slice(0, 3))).toBe(null);
});

test('the mark of a person: initials, or the end of a Chinese name', () => {
  expect(['Li Lei', '王晓明', 'anna', '', '  Ada  King Lovelace ', '李雷 Li Lei', '👍 up'].map(initials)).toEqual(['LL', '晓明', 'A', '·', 'AL', '李雷', '👍U']);
});

test('a mute of the host is shown before one of one\'s own', () => {
  const one = { id: 1, name: '', role: 'guest', kind: 'phone', waiting: false, muted_by_self: true, muted_by_host: true, nothing_heard: true, hand: false, quality: null } as const;
  expect(muteTruth(one)).toBe('host');
  expect(muteTruth({ ...one, muted_by_host: false })).toBe('self');
  const open = { ...one, muted_by_host: false, muted_by_self: false } as const;
  expect(muteTruth(open)).toBe('nothing');
  expect(muteTruth({ ...open, nothing_heard: false, sound: 'echoing' })).toBe('echoing');
  expect(muteTruth({ ...one, sound: 'silent' })).toBe('host');
});

test('one tap dials the number, waits, and types the code', () => {
  expect(dialLink('+86 21 1234-5678', '842613975')).toBe('tel:+862112345678,,842613975%23');
});

test('a telephone without a name is told from the others', () => {
  expect(nameOf({ id: 3, name: '', kind: 'phone' })).toBe('Phone 3');
  lang.value = 'zh-CN';
  expect(nameOf({ id: 4, name: '', kind: 'phone' })).toBe('电话 4');
  lang.value = 'en';
  expect(nameOf({ id: 5, name: '白雪', kind: 'browser' })).toBe('白雪');
});
