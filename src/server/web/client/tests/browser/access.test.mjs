// Where the microphone is refused or cannot be: permission, in-app browsers, frames.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, copyOf } from '../fake.mjs';
import { bridge, launch, until, Visit } from './harness.mjs';

const WECOM_ANDROID = 'Mozilla/5.0 (Linux; Android 13; V2218A Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1 NetType/WIFI Language/zh';
const WECHAT_DESKTOP = 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat';
const TEAMS_DESKTOP = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0 Teams/25290.205.4069.4894/49';

let browser;
let fake;
let visit;

beforeAll(async () => { browser = await launch({ allow: false }); });
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  await visit?.close();
  await fake?.stop();
});

async function open(options, page) {
  fake = await bridge(options);
  fake.people = copyOf(COMPANY);
  visit = await Visit.open(browser, fake, page);
  return visit.page;
}

const without = (name) => `Object.defineProperty(${name}, { get: () => undefined, configurable: true })`;

describe('without permission', () => {
  test('the way out is named for this browser, and one can join to listen', async () => {
    const page = await open({}, { context: { permissions: [] } });
    await page.waitForSelector('.note.warn');
    const note = await page.locator('.note.warn').innerText();
    expect(note).toMatch(/not allowed|closed without an answer/);
    expect(note).toContain('Chrome');
    await visit.join();
    await page.waitForSelector('.controls');
    await until('an offer to hear', () => fake.said('offer')[0]?.sdp.includes('a=recvonly'));
    await page.waitForSelector('.control:has-text("Listening only")');
    // The permission comes later: then one may talk, but is not heard unasked.
    await visit.context.grantPermissions(['microphone']);
    await page.click('.control:has-text("Sound")');
    await page.click('dialog >> text=Try the microphone again');
    await page.waitForSelector('dialog .level');
    await page.keyboard.press('Escape');
    await until('an offer to send', () => fake.said('offer').some(({ sdp }) => sdp.includes('a=sendrecv')));
    expect(fake.said('mute')).toEqual([{ type: 'mute', muted: true }]);
    await page.click('.control:has-text("Unmute")');
    await until('I am heard', async () => (await visit.sound()).there > 0.001);
  });
});

describe('inside WeCom', () => {
  test('with a working microphone one joins in place, by a page in Chinese', async () => {
    await browser.close();
    browser = await launch();
    const page = await open({}, { userAgent: WECOM_ANDROID, locale: 'zh-CN', size: { width: 360, height: 740 } });
    await page.waitForSelector('.level');
    expect(await page.locator('main').innerText()).toContain('企业微信');
    await visit.join('韩梅梅');
    await page.waitForSelector('.controls');
    expect(fake.said('hello')[0]).toMatchObject({ name: '韩梅梅', lang: 'zh-CN' });
  });

  test('without one: the menu, the copied link, listening, and one tap to the telephone', async () => {
    const page = await open({}, {
      userAgent: WECOM_ANDROID, locale: 'zh-CN', size: { width: 360, height: 740 },
      script: without("Navigator.prototype, 'mediaDevices'"),
    });
    await page.waitForSelector('text=在浏览器打开');
    expect(await page.getAttribute('.phone-card a', 'href')).toBe('tel:+862112345678,,55501234%23');
    await page.click('text=复制链接');
    await page.waitForSelector('text=已复制');
    await visit.screen('wecom-no-microphone-zh-360');
    await visit.join('韩梅梅');
    await page.waitForSelector('.controls');
    await until('an offer to hear', () => fake.said('offer')[0]?.sdp.includes('a=recvonly'));
  });

  test('on a desktop the way into a browser is named too', async () => {
    const page = await open({}, { userAgent: WECHAT_DESKTOP, locale: 'zh-CN' });
    await page.waitForSelector('text=用默认浏览器打开');
    expect(await page.locator('main').innerText()).toContain('在这里可以收听，但不能发言。');
  });

  test('without WebRTC there is no form that leads nowhere', async () => {
    const page = await open({}, { userAgent: WECOM_ANDROID, script: 'delete window.RTCPeerConnection' });
    await page.waitForSelector('text=This browser cannot hold calls');
    expect(await page.locator('form').count()).toBe(0);
    expect(visit.complaints).toEqual([]);
  });
});

describe('inside Teams', () => {
  async function framed(allow, size = { width: 320, height: 700 }) {
    fake = await bridge({ ancestors: 'http://localhost:*' });
    fake.people = copyOf(COMPANY);
    visit = await Visit.open(browser, fake, {
      userAgent: TEAMS_DESKTOP, size, path: `http://localhost:${fake.port}/frame?allow=${encodeURIComponent(allow)}`,
    });
    return visit.page.frameLocator('iframe');
  }

  test('the side panel of 320 pixels holds a meeting', async () => {
    const frame = await framed('microphone; camera; autoplay');
    await frame.locator('.level').waitFor();
    await frame.locator('#name').fill('Anna');
    await frame.locator('button[type=submit]').click();
    await frame.locator('.controls').waitFor();
    const page = visit.page.frames()[1];
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    const sizes = await page.evaluate(() => [...document.querySelectorAll('.controls button')].map((one) => one.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height)));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(24);
    await visit.screen('teams-meeting-en-320');
    expect(visit.complaints).toEqual([]);
  });

  test('a frame that allows no microphone says so, with a way into the browser', async () => {
    const frame = await framed('');
    await frame.locator('.note.warn').waitFor();
    const said = await frame.locator('.note.warn').innerText();
    expect(said).toContain('The program around this page');
    expect(said).toContain('App permissions');
    expect(await frame.locator('a:has-text("Open in the browser")').getAttribute('target')).toBe('_blank');
    await visit.screen('teams-no-microphone-en-320');
  });

  test('a frame of somebody else stays empty', async () => {
    fake = await bridge({});
    visit = await Visit.open(browser, fake, { path: `http://localhost:${fake.port}/frame` });
    await visit.page.waitForTimeout(500);
    expect(visit.complaints.join()).toContain('frame-ancestors');
  });
});
