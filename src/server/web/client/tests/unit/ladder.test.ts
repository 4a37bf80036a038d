import { describe, expect, test } from 'vitest';
import { firstFailing, ladder, nothingSeen, type Observation, type Rung } from '../../src/ladder/ladder';
import { reachOf } from '../../src/ladder/reach';

const problem = (code: string): Observation['problem'] => ({ code, text: 't', pin_needed: false });
const cases: [string, Partial<Observation>, Rung][] = [
  ['a link without token', { token: false }, 'link'],
  ['an expired link', { reached: 'answered', problem: problem('CW-LINK-002') }, 'link'],
  ['a meeting that is over', { reached: 'answered', socket: true, problem: problem('CW-DIAL-002') }, 'link'],
  ['a seat that was given up', { reached: 'answered', socket: true, seatLost: true, problem: problem('CW-LINK-006') }, 'admission'],
  ['no network', { online: false, socket: false }, 'dns'],
  ['no name', { reached: 'no_name', socket: false }, 'dns'],
  ['a broken handshake', { reached: 'no_tls', socket: false }, 'tls'],
  ['no HTTPS', { secure: false, reached: 'answered' }, 'tls'],
  ['a proxy that blocks WebSocket', { reached: 'answered', socket: false }, 'websocket'],
  ['no UDP and no detour', { reached: 'answered', socket: true, udp: false, detour: false, detourOffered: true }, 'ice_udp'],
  ['a locked meeting', { reached: 'answered', socket: true, problem: problem('CW-CONF-003') }, 'admission'],
  ['no UDP, but a detour, and then refused', { socket: true, udp: false, detour: true, problem: problem('CW-CONF-005') }, 'admission'],
];

describe('the first failing step', () => {
  test.each(cases)('of %s', (_, seen, rung) => {
    expect(firstFailing({ ...nothingSeen, ...seen })).toBe(rung);
  });
});

test('what was not reached is not called failed', () => {
  const marks = Object.fromEntries(ladder({ ...nothingSeen, reached: 'answered', socket: false }).map(({ rung, mark }) => [rung, mark]));
  expect(marks).toEqual({
    link: 'passed', dns: 'passed', tls: 'passed', websocket: 'failed', ice_udp: 'not_tried', turn: 'not_tried', admission: 'not_tried',
  });
});

test('a bridge that answered is reached, though the browser believes to be offline', () => {
  const seen = { ...nothingSeen, online: false, reached: 'answered' as const, problem: problem('CW-LINK-002') };
  expect(ladder(seen).filter(({ mark }) => mark === 'failed').map(({ rung }) => rung)).toEqual(['link']);
});

test('a detour that the bridge does not offer is not called blocked', () => {
  const seen = { ...nothingSeen, socket: true, udp: false, detour: false };
  expect(ladder(seen).find(({ rung }) => rung === 'turn')?.mark).toBe('not_offered');
  expect(ladder({ ...seen, detourOffered: true }).find(({ rung }) => rung === 'turn')?.mark).toBe('failed');
});

test('a request that connected and then failed was stopped at TLS', () => {
  expect(reachOf(undefined)).toBe('no_name');
  expect(reachOf({ fetchStart: 5, connectStart: 0 })).toBe('no_name');
  expect(reachOf({ fetchStart: 5, connectStart: 9 })).toBe('no_tls');
});
