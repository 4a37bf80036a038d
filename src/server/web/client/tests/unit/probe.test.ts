import { describe, expect, test } from 'vitest';
import { onlyBy, summary } from '../../src/probe/path';
import { en } from '../../src/i18n/en';
import { zh } from '../../src/i18n/zh';
import { overTls } from '../../src/probe/run';
import { kbps } from '../../src/probe/rate';
import { forBridge, judge, nothingFound, type Concern, type Found, type Verdict } from '../../src/probe/verdict';

const good: Found = { udp: true, tcp: true, tls: null, upKbps: 5000, downKbps: 9000, lossPermille: 0, roundTripMs: 30 };
const cases: [string, Partial<Found>, Verdict, Concern[]][] = [
  ['a good line', {}, 'pass', []],
  ['exactly 2 Mbit/s', { upKbps: 2000, downKbps: 2000 }, 'pass', []],
  ['an uplink just below', { upKbps: 1999 }, 'warn', ['slow']],
  ['a line too slow for speech', { downKbps: 100 }, 'fail', ['too_slow']],
  ['no UDP, but TCP', { udp: false }, 'warn', ['no_udp']],
  ['no path at all', { udp: false, tcp: false }, 'fail', ['no_path']],
  ['some loss', { lossPermille: 50 }, 'warn', ['loss']],
  ['heavy loss', { lossPermille: 150 }, 'fail', ['heavy_loss']],
  ['a late line that also is slow', { roundTripMs: 400, upKbps: 900 }, 'warn', ['slow', 'late']],
  ['a very late line', { roundTripMs: 900 }, 'fail', ['very_late']],
];

describe('the verdict', () => {
  test.each(cases)('of %s', (_, found, verdict, concerns) => {
    expect(judge({ ...good, ...found }, 2000)).toEqual({ verdict, concerns });
  });

  test('of nothing measured is unknown, and the bridge is told nothing', () => {
    expect(judge(nothingFound, 2000)).toEqual({ verdict: 'unknown', concerns: [] });
    expect(forBridge(nothingFound)).toBe(null);
  });

  test('is never good where a way or a rate was not measured', () => {
    const ways: Partial<Found> = { upKbps: null, downKbps: null };
    const rates: Partial<Found> = { udp: null, tcp: null, lossPermille: null, roundTripMs: null };
    for (const missing of [ways, rates, { upKbps: null }, { downKbps: null }]) {
      expect(judge({ ...good, ...missing }, 2000)).toEqual({ verdict: 'partial', concerns: [] });
    }
    expect(judge({ ...good, ...rates, downKbps: 900 }, 2000).verdict).toBe('warn');
  });

  test('follows the threshold of the bridge', () => {
    expect(judge({ ...good, upKbps: 3000 }, 4000).concerns).toEqual(['slow']);
  });
});

test('the bridge is told what was found, by its words', () => {
  expect(forBridge(good)).toEqual({
    udp: true, tcp: true, tls: null, up_kbps: 5000, down_kbps: 9000, loss_permille: 0, round_trip_ms: 30,
  });
});

test('what was not measured is no failure and no zero', () => {
  expect(forBridge({ ...nothingFound, udp: false, downKbps: 900 })).toEqual({
    udp: false, tcp: null, tls: null, up_kbps: null, down_kbps: 900, loss_permille: null, round_trip_ms: null,
  });
});

test('only a TURN server over TLS tests the way by TLS', () => {
  const turn = (...urls: string[]) => ({ urls, username: 'u', credential: 'c' });
  expect(overTls([turn('turn:t.example:3478'), { urls: ['stun:s.example'] }])).toEqual([]);
  expect(overTls([turn('turn:t.example:3478?transport=udp', 'turns:t.example:443')])).toEqual([turn('turns:t.example:443')]);
});

test('the text of a slow line names what the bridge asks for', () => {
  expect(en.probe.concern.slow('1.5')).toContain('1.5 Mbit/s');
  expect(zh.probe.concern.slow('1.5')).toContain('1.5 Mbit/s');
});

test('candidates of other transports are left out, and nothing else', () => {
  const sdp = [
    'v=0', 'a=candidate:1 1 UDP 2130706431 10.0.0.1 50000 typ host', 'a=candidate:2 1 tcp 1518280447 10.0.0.1 9 typ host tcptype passive', 'a=end-of-candidates', '',
  ].join('\r\n');
  expect(onlyBy('udp', sdp)).not.toContain('tcptype');
  expect(onlyBy('tcp', sdp)).not.toContain('UDP');
  expect(onlyBy('tcp', sdp)).toContain('a=end-of-candidates\r\n');
  expect(onlyBy('tls', sdp)).toBe(sdp);
});

test('echoes become loss and the middle of the round trips', () => {
  expect(summary(100, [...Array(98)].map((_, index) => index))).toEqual({ lossPermille: 20, roundTripMs: 49 });
  expect(summary(10, [])).toEqual({ lossPermille: 1000, roundTripMs: null });
  expect(summary(0, [])).toEqual({ lossPermille: null, roundTripMs: null });
  expect(kbps(250_000, 1000)).toBe(2000);
});
