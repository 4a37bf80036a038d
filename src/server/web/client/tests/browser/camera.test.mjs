// The camera: before joining, in the meeting, seen by nobody, and where it is refused or cannot be.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CAMERA, COMPANY, copyOf } from '../fake.mjs';
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

/** `window.answer`: instead of the camera. `window.filmed`: the tracks that were opened. */
const devices = () => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.filmed = [];
  window.answer = null;
  navigator.mediaDevices.getUserMedia = async (asked) => {
    if (asked.video && window.answer) return window.answer(asked);
    const stream = await real(asked);
    window.filmed.push(...stream.getVideoTracks());
    return stream;
  };
  window.fails = (name) => { window.answer = async () => { throw new DOMException('as the test says', name); }; };
};

async function open(options = {}, page = {}) {
  fake = await bridge(options);
  fake.people = copyOf(COMPANY);
  visit = await Visit.open(browser, fake, { camera: true, script: devices, ...page });
  return visit.page;
}

async function inside(options, page) {
  const is = await open(options, page);
  await is.waitForSelector('.level');
  await visit.join();
  await is.waitForSelector('.control.live');
  return is;
}

const SWITCH = '[role=switch][aria-label="Camera on"]';
const frames = async () => (await visit.camera()).frames;
const live = (page) => page.evaluate(() => window.filmed.filter((track) => track.readyState === 'live').length);

async function moreFrames() {
  const before = await frames();
  await until('pictures arrive', async () => (await frames()) > before + 3, 20_000);
}

describe('before joining', () => {
  test('the picture is shown as in a mirror, sent to nobody, and in the meeting to all', async () => {
    const page = await open({ lobby: true });
    await until('it is shown', () => page.evaluate(() => document.querySelector('.preview video')?.videoWidth > 0));
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('.preview video')).transform)).toBe('matrix(-1, 0, 0, 1, 0, 0)');
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.lobby');
    await until('sound of the lobby', async () => (await visit.sound()).here > 0.01);
    expect(await frames()).toBe(0);
    fake.letIn(fake.mine.id);
    await page.waitForSelector('.control:has-text("Stop video")');
    await moreFrames();
    expect(visit.complaints).toEqual([]);
  });

  test('who switches it off joins without, and finds it off the next time', async () => {
    const page = await open();
    await page.waitForSelector(`${SWITCH}[aria-checked=true]`);
    await page.waitForSelector('.preview video');
    await page.click(SWITCH);
    await page.waitForSelector('text=Your camera is off');
    expect(await live(page)).toBe(0);
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.control:has-text("Start video")');
    await page.click('.control.leave');
    await page.click('text=Join again');
    await page.waitForSelector('.level');
    await page.waitForSelector(`${SWITCH}[aria-checked=false]`);
    expect(await page.evaluate(() => window.filmed.length)).toBe(1);
  });

  test('a camera that is refused leaves the microphone, with the reason and the way out', async () => {
    const page = await open({}, { script: `(${devices})(); window.fails('NotAllowedError');` });
    await page.waitForSelector('.note.warn:has-text("not allowed to use the camera")');
    expect(await page.locator('.note.warn').innerText()).toContain('Chrome');
    await page.waitForSelector('.level');
    await visit.join();
    // Who saw that and joins all the same is not told again.
    await page.waitForSelector('.control.live');
    await until('I am heard', async () => (await visit.sound()).there > 0.001);
    expect(await page.locator('.banner').count()).toBe(0);
    await page.waitForSelector('.control:has-text("Start video")');
  });

  test('where there is no camera nothing is asked', async () => {
    const page = await open({}, { script: `(${devices})();
      const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
      navigator.mediaDevices.enumerateDevices = async () => (await list()).filter((one) => one.kind !== 'videoinput');` });
    await page.waitForSelector('.level');
    expect(await page.locator('.preview').count()).toBe(0);
    expect(await page.evaluate(() => window.filmed.length)).toBe(0);
  });

  test('one that is plugged in later is offered without a reload, and not switched on by itself', async () => {
    const page = await open({}, { script: `(${devices})(); window.plugged = false;
      const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
      navigator.mediaDevices.enumerateDevices = async () => (await list()).filter((one) => window.plugged || one.kind !== 'videoinput');` });
    await page.waitForSelector('.level');
    expect(await page.locator('.preview').count()).toBe(0);
    await page.evaluate(() => { window.plugged = true; navigator.mediaDevices.dispatchEvent(new Event('devicechange')); });
    await page.waitForSelector(`${SWITCH}[aria-checked=false]`);
    expect(await page.evaluate(() => window.filmed.length)).toBe(0);
    await page.click(SWITCH);
    await until('it is shown', () => page.evaluate(() => document.querySelector('.preview video')?.videoWidth > 0));
  });
});

describe('in the meeting', () => {
  test('off is off for the device and for the others, and on again is seen again', async () => {
    const page = await inside();
    await moreFrames();
    expect(await visit.lines()).toEqual(['sendrecv', 'sendonly', 'recvonly']);
    await page.click('.control:has-text("Stop video")');
    await until('the line rests', async () => (await visit.lines())[1] === 'inactive');
    expect(await live(page)).toBe(0);
    expect(await page.locator('[role=log]').innerText()).toContain('Your camera is off.');
    const before = await frames();
    await page.click('.control:has-text("Start video")');
    await until('the line sends', async () => (await visit.lines())[1] === 'sendonly');
    await until('pictures arrive', async () => (await frames()) > before + 3, 20_000);
    expect(await live(page)).toBe(1);
  });

  test.each([
    ['NotAllowedError', 'not allowed to use the camera'],
    ['NotFoundError', 'No camera was found.'],
    ['NotReadableError', 'something else is using it'],
  ])('%s is told in words, and the sound goes on', async (name, words) => {
    const page = await inside({}, { camera: false });
    await page.evaluate((is) => window.fails(is), name);
    await page.click('.control:has-text("Start video")');
    await page.waitForSelector(`.banner[role=alert]:has-text("${words}")`);
    expect(await page.locator('.banner').innerText()).toContain('Nobody sees you.');
    expect(await visit.axe()).toEqual([]);
    await until('I am heard', async () => (await visit.sound()).there > 0.001);
    await page.evaluate(() => { window.answer = null; });
    await page.click('.banner >> text=Try the camera again');
    await page.waitForSelector('.control:has-text("Stop video")');
    await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
  });

  test('one that is pulled out is told, and one can go on without', async () => {
    const page = await inside();
    await page.waitForSelector('.control:has-text("Stop video")');
    await page.evaluate(() => {
      for (const track of window.filmed) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    });
    await page.waitForSelector('.banner:has-text("No camera was found.")');
    await page.click('.banner >> text=Go on without');
    await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
    await page.waitForSelector('.control.live');
    await page.waitForSelector('.control:has-text("Start video")');
  });

  test('another camera takes the place of the one before', async () => {
    const page = await inside();
    await moreFrames();
    await page.click('.control:has-text("Sound, camera")');
    await page.locator('dialog select').first().selectOption({ index: 3 });
    await until('the other alone is on', async () => (await page.evaluate(() => window.filmed.length)) === 2 && (await live(page)) === 1);
    await page.keyboard.press('Escape');
    await moreFrames();
    expect(await visit.lines()).toEqual(['sendrecv', 'sendonly', 'recvonly']);
  });

  test.each([
    // A telephone opens one camera at a time: it is tried again when the one before is closed.
    ['opens when the one before is closed', 1, 2],
    ['stays busy: the one before is opened again', 2, 2],
  ])('another camera that is busy %s', async (_, refusals, opened) => {
    const page = await inside();
    await page.waitForSelector('.control:has-text("Stop video")');
    await page.click('.control:has-text("Sound, camera")');
    await page.evaluate((times) => {
      let left = times;
      const real = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = async (asked) => {
        left -= 1;
        if (left >= 0) throw new DOMException('as the test says', 'NotReadableError');
        return real(asked);
      };
    }, refusals);
    const choice = page.locator('dialog select').first();
    const before = await choice.inputValue();
    await choice.selectOption({ index: 3 });
    await until('opened', async () => (await page.evaluate(() => window.filmed.length)) === opened && (await live(page)) === 1);
    if (refusals === 1) expect(await choice.inputValue()).not.toBe(before);
    else {
      await page.waitForSelector('dialog [role=alert]:has-text("the one before stays in use")');
      expect(await choice.inputValue()).toBe(before);
    }
    await page.keyboard.press('Escape');
    await moreFrames();
  });

  test('seen by nobody it sends next to nothing, and all of it when somebody looks', async () => {
    const page = await inside();
    await until('more than the smallest', async () => (await visit.camera()).height > 180, 30_000);
    const say = (seen) => fake.say(fake.mine, { type: 'view', ...fake.view, camera_seen: seen });
    const active = () => page.evaluate(() => window.made.filter((one) => one.getTransceivers().length > 1).pop()
      .getTransceivers()[1].sender.getParameters().encodings.map(({ active: is, scaleResolutionDownBy, maxFramerate }) => ({ is, scaleResolutionDownBy, maxFramerate })));
    say(false);
    await until('small', async () => (await visit.camera()).height <= 180, 20_000);
    expect(await active()).toEqual([{ is: true, scaleResolutionDownBy: 4, maxFramerate: 5 }]);
    const before = await frames();
    await page.waitForTimeout(2000);
    expect((await frames()) - before).toBeLessThanOrEqual(14);
    say(true);
    await until('all is sent', async () => (await active())[0].maxFramerate === 30);
    expect(await active()).toEqual([{ is: true, scaleResolutionDownBy: 1, maxFramerate: 30 }]);
    await until('more again', async () => (await visit.camera()).height > 180, 30_000);
  });

  test('a bridge without video has no camera button, and the sound is as it was', async () => {
    const page = await inside({ video: false });
    await until('I am heard', async () => (await visit.sound()).there > 0.001);
    await until('I hear', async () => (await visit.sound()).here > 0.01);
    expect(await page.locator('.control:has-text("video")').count()).toBe(0);
    expect(visit.complaints).toEqual([]);
  });

  test('a reload keeps the camera on', async () => {
    const page = await inside();
    await moreFrames();
    await page.reload();
    await page.waitForSelector('.control:has-text("Stop video")');
    await until('pictures arrive', async () => (await frames()) > 3, 20_000);
  });

  test('the bridge says what is wrong with my picture', async () => {
    const page = await inside({}, { camera: false });
    fake.change(fake.mine.id, { camera: { state: 'coming', sight: 'black' } });
    await page.waitForSelector('.banner:has-text("Is the camera covered?")');
    fake.change(fake.mine.id, { camera: CAMERA });
    await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
  });
});
