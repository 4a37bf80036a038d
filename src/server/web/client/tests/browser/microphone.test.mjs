// A microphone that goes, or does not come, while somebody is in the meeting.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { COMPANY, copyOf } from '../fake.mjs';
import { bridge, launch, until, Visit } from './harness.mjs';

let browser;
let fake;
let visit;

beforeAll(async () => { browser = await launch(); });
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  await visit?.close();
  await fake?.stop();
});

/** `window.answer`: instead of the microphone. */
const devices = () => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.opened = [];
  window.answer = null;
  navigator.mediaDevices.getUserMedia = async (asked) => {
    if (window.answer) return window.answer(asked);
    const stream = await real(asked);
    window.opened.push(...stream.getTracks());
    return stream;
  };
  window.fails = (name) => { window.answer = async () => { throw new DOMException('as the test says', name); }; };
};

async function open(options = {}, script = devices) {
  fake = await bridge(options);
  fake.people = copyOf(COMPANY);
  visit = await Visit.open(browser, fake, { script });
  return visit.page;
}

async function inside(options) {
  const page = await open(options);
  await page.waitForSelector('.level');
  await visit.join();
  await page.waitForSelector('.control.live');
  return page;
}

test('a_pulled_microphone_is_told', async () => {
  const page = await inside();
  await page.evaluate(() => {
    window.fails('NotFoundError');
    for (const track of window.opened) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await page.waitForSelector('.control:has-text("No microphone")');
  expect(await page.locator('.control.live').count()).toBe(0);
  expect(await page.locator('.banner[role=alert]').innerText()).toContain('Nobody hears you. No microphone was found.');
  expect(await visit.axe()).toEqual([]);
  await page.click('.control:has-text("No microphone")');
  await page.waitForSelector('dialog .note.warn');
  await page.keyboard.press('Escape');
  await page.evaluate(() => { window.answer = null; });
  await page.click('.banner >> text=Try the microphone again');
  await page.waitForSelector('.control.live');
  expect(await page.locator('.banner').count()).toBe(0);
  const before = (await visit.sound()).there;
  await until('I am heard again', async () => (await visit.sound()).there > before + 0.001);
});

test('a device that is busy leaves the one before in use', async () => {
  const page = await inside();
  await page.click('.control:has-text("Sound")');
  await page.evaluate(() => window.fails('NotReadableError'));
  const choice = page.locator('dialog select').first();
  const before = await choice.inputValue();
  await choice.selectOption({ index: 1 });
  await page.waitForSelector('dialog [role=alert]:has-text("the one before stays in use")');
  expect(await choice.inputValue()).toBe(before);
  await page.waitForSelector('dialog .level .lit');
  expect(await page.evaluate(() => window.opened.map((track) => track.readyState))).toEqual(['live']);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.control.live');
});

test('a reload takes the seat back while the browser still asks for the microphone', async () => {
  const page = await open({}, `(${devices})();
    if (performance.getEntriesByType('navigation')[0].type === 'reload') window.answer = () => new Promise((resolve) => { window.allow = resolve; });`);
  await page.waitForSelector('.level');
  await visit.join();
  await page.waitForSelector('.control.live');
  await page.reload();
  await page.waitForSelector('.control:has-text("No microphone")');
  expect(fake.said('hello')[1].seat).not.toBe(null);
  await page.evaluate(async () => {
    const { allow } = window;
    window.answer = null;
    allow(await navigator.mediaDevices.getUserMedia({ audio: true }));
  });
  await page.waitForSelector('.control.live');
  await until('I am heard', async () => (await visit.sound()).there > 0.001);
});

test('the meter moves in the lobby and while muted, and nothing is sent', async () => {
  const page = await open({ lobby: true });
  await page.waitForSelector('.level');
  await visit.join();
  await page.waitForSelector('.lobby');
  await page.click('summary:has-text("Sound")');
  await page.waitForSelector('.level .lit');
  expect((await visit.sound()).there).toBeLessThan(1e-6);
  fake.letIn(fake.mine.id);
  await page.click('.control.live');
  await page.click('.control:has-text("Sound")');
  await page.waitForSelector('dialog .level .lit');
});

test('nothing listens on after leaving while the browser asks', async () => {
  const page = await open();
  await page.waitForSelector('.level');
  await visit.join();
  await page.waitForSelector('.control.live');
  await page.click('.control:has-text("Sound")');
  await page.evaluate(() => { window.answer = () => new Promise((resolve) => { window.allow = resolve; }); });
  await page.locator('dialog select').first().selectOption({ index: 1 });
  await page.keyboard.press('Escape');
  await page.click('.control.leave');
  await page.waitForSelector('.scores');
  await page.evaluate(async () => {
    const { allow } = window;
    window.answer = null;
    allow(await navigator.mediaDevices.getUserMedia({ audio: true }));
  });
  await until('all are stopped', () => page.evaluate(() => window.opened.every((track) => track.readyState === 'ended')));
});
