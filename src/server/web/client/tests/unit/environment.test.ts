import { describe, expect, test } from 'vitest';
import { environmentOf, type Surroundings } from '../../src/environment/browser';
import { wayIn } from '../../src/environment/way_in';
import { problemOf, type Circumstances } from '../../src/media/permission';

const AGENTS = {
  wecomAndroid: 'Mozilla/5.0 (Linux; Android 13; V2218A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1 NetType/WIFI Language/zh',
  wecomIphone: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh',
  wechatDesktop: 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat',
  wechatAndroid: 'Mozilla/5.0 (Linux; Android 14; 23127PN0CC; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160 MMWEBSDK/20240301 MicroMessenger/8.0.48',
  teamsDesktop: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0 Teams/25290.205.4069.4894/49',
  teamsPhone: 'Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 TeamsMobile-Android/1416',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
  chrome: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  safari: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
};
const seen = (userAgent: string, more: Partial<Surroundings> = {}) => environmentOf({ userAgent, touchPoints: 0, framed: false, around: [], ...more });

describe('the program around the page', () => {
  test('WeCom is looked for before WeChat, whose mark it carries too', () => {
    expect(seen(AGENTS.wecomAndroid)).toMatchObject({ shell: 'wecom', mobile: true });
    expect(seen(AGENTS.wecomIphone)).toMatchObject({ shell: 'wecom', mobile: true, browser: 'safari_ios' });
    expect(seen(AGENTS.wechatAndroid)).toMatchObject({ shell: 'wechat', mobile: true });
  });

  test('Teams is known by its name, and in a browser by the frame around', () => {
    expect(seen(AGENTS.teamsDesktop).shell).toBe('teams');
    expect(seen(AGENTS.teamsPhone).shell).toBe('teams');
    expect(seen(AGENTS.edge, { framed: true, around: ['https://teams.cloud.microsoft'] }).shell).toBe('teams');
    expect(seen(AGENTS.edge, { framed: true, around: ['https://teams.microsoft.com/'] }).shell).toBe('teams');
    expect(seen(AGENTS.edge, { framed: true, around: ['https://teams.microsoft.com.evil.example'] }).shell).toBe(null);
    expect(seen(AGENTS.edge).shell).toBe(null);
  });

  test('browsers are told apart, also an iPad that calls itself a Mac', () => {
    expect([AGENTS.edge, AGENTS.chrome, AGENTS.firefox, AGENTS.safari].map((one) => seen(one).browser)).toEqual(['edge', 'chrome', 'firefox', 'safari']);
    expect(seen(AGENTS.safari, { touchPoints: 5 })).toMatchObject({ browser: 'safari_ios', mobile: true });
  });
});

test('the way in: talk where there is a microphone, listen without, elsewhere without WebRTC', () => {
  const all = { webrtc: true, microphone: true };
  expect(wayIn(seen(AGENTS.wecomAndroid), all)).toBe('talk');
  expect(wayIn(seen(AGENTS.wecomAndroid), { ...all, microphone: false })).toBe('listen');
  expect(wayIn(seen(AGENTS.wechatDesktop), all)).toBe('listen');
  expect(wayIn(seen(AGENTS.wechatAndroid), all)).toBe('talk');
  expect(wayIn(seen(AGENTS.chrome), { webrtc: false, microphone: true })).toBe('elsewhere');
});

describe('why there is no microphone', () => {
  const usual: Circumstances = { secure: true, supported: true, allowedByFrame: true, framed: false, permission: 'denied' };
  const error = (name: string, message = '') => ({ name, message });
  test.each([
    ['the person said no', error('NotAllowedError', 'Permission denied'), {}, 'denied'],
    ['the question was closed', error('NotAllowedError', 'Permission dismissed'), { permission: 'prompt' }, 'dismissed'],
    ['the frame forbids it', error('NotAllowedError'), { framed: true, allowedByFrame: false }, 'frame'],
    ['a frame whose policy is not known', error('NotAllowedError'), { framed: true, allowedByFrame: null, permission: null }, 'frame'],
    ['none is plugged in', error('NotFoundError'), {}, 'missing'],
    ['another program holds it', error('NotReadableError'), {}, 'in_use'],
    ['the page came without HTTPS', error('TypeError'), { secure: false, supported: false }, 'insecure'],
    ['the browser has none', error('TypeError'), { supported: false }, 'unsupported'],
  ] as const)('%s', (_, thrown, more, problem) => {
    expect(problemOf(thrown, { ...usual, ...more })).toBe(problem);
  });
});
