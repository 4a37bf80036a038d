// Browsers see each other: known colours and a moving mark, at the place of their tile, upright and not
// mirrored, by either codec and across both.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { COLOURS, nameOf } from '../harness/film.mjs';
import { until } from '../harness/process.mjs';
import { AUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

/** Places of pictures, as parts of the width and of the height. */
const LARGE = [1 / 14, 0, 6 / 7, 6 / 7];
const HALVES = [[0, 0.25, 0.5, 0.5], [0.5, 0.25, 0.5, 0.5]];
/** What a bridge that was built for tests has time for beside the browsers. */
const SMALL = 'largest = "360p"\nframe_rate = 15\nbrowsers = "composed"\n';
/** Longer than it takes to come back to pictures where it had none. */
const PATIENCE = 60_000;
/** Across the way of the mark. */
const ROW = Array.from({ length: 40 }, (_, at) => [(at + 0.5) / 40, 0.43]);

let [red, blue, firefox] = [];
let open = [];

beforeAll(async () => {
  [red, blue, firefox] = await Promise.all([
    launchChromium({ tone: TONES.anna, film: COLOURS.red }), launchChromium({ tone: TONES.bai, film: COLOURS.blue }),
    launchFirefox({ tone: TONES.bai }),
  ]);
});
afterAll(async () => {
  await Promise.all([red?.close(), blue?.close(), firefox?.close()]);
});
afterEach(async () => {
  await Promise.all(open.map((one) => (one instanceof Bridge ? one.stop() : one.close())));
  open = [];
});

async function bridgeOf(more) {
  const bridge = await Bridge.start({ more });
  open.push(bridge);
  return bridge;
}

async function come(browser, url, name, options = {}) {
  const visit = await Visit.open(browser, url, { camera: true, ...options });
  open.push(visit);
  await visit.sees('.preview video');
  await visit.join(name);
  return visit;
}

/** In the page: two colours of what somebody sees, as a dialog shows it. */
const middle = () => {
  const canvas = document.querySelector('.look canvas');
  if (!canvas || canvas.hidden) return null;
  const at = (x, y) => [...canvas.getContext('2d').getImageData(canvas.width * x, canvas.height * y, 1, 1).data].slice(0, 3);
  return [at(0.5, 0.2), at(0.85, 0.7)];
};

/** The film that is large, when it is there. */
async function large(visit, colour) {
  await visit.sees('.picture', PATIENCE);
  await until(`${colour} is large`, async () => (await visit.films([LARGE]))[0] === colour, PATIENCE);
}

async function moves(visit) {
  const where = async () => ((await visit.look(ROW)) ?? []).map((rgb) => nameOf(rgb) === 'white').indexOf(true);
  const seen = new Set();
  await until('the mark moves', async () => {
    const at = await where();
    if (at >= 0) seen.add(at);
    return seen.size >= 4;
  });
}

describe.each(['H264', 'VP8'])('two Chromiums by %s', (codec) => {
  test('see each other, choose what they see, and are gone when they switch the camera off', async () => {
    const bridge = await bridgeOf(`[video]\n${SMALL}codecs = ["${codec.toLowerCase()}"]\n`);
    const meeting = await bridge.meeting({ lobby: 'on' });
    const host = await come(red, bridge.url(meeting, 'host'), 'Anna 安娜');
    await host.isIn();
    const guest = await come(blue, bridge.url(meeting), '白雪', { locale: 'zh-CN' });
    await guest.waits();
    // Who waits is seen by nobody, and sees nobody.
    await host.sees('.queue');
    expect(await host.frame.locator('.picture').count()).toBe(0);
    expect(await guest.frame.locator('.picture').count()).toBe(0);
    await host.frame.click('.queue .roster .primary');
    await guest.isIn();
    await Promise.all([large(host, 'blue'), large(guest, 'red')]);
    await Promise.all([moves(host), moves(guest)]);
    for (const one of [host, guest]) expect((await one.arriving()).codec).toBe(codec);
    await host.screen(`video-speaker-${codec}`);

    // The host sees the meeting as the guest does: the host's own film, large.
    await host.people();
    await host.person('白雪').locator('[aria-expanded]').click();
    await host.frame.click('.actions >> text=See what they see');
    await until('the guest sees red', async () => (await host.frame.evaluate(middle))?.map(nameOf).join() === 'red,red', PATIENCE);
    await host.screen(`video-look-${codec}`);
    await host.page.keyboard.press('Escape');

    // In a picture of equals everybody finds themselves too, as the others see them.
    await guest.frame.click('.tools button >> nth=0');
    await guest.frame.click('.thumbnail >> nth=2');
    await guest.page.keyboard.press('Escape');
    await until('both are equal', async () => (await guest.films(HALVES)).sort().join() === 'blue,red', PATIENCE);
    await large(host, 'blue');
    await guest.screen(`video-equal-${codec}`);

    await host.control('Stop video').click();
    await guest.frame.locator('.picture').waitFor({ state: 'detached', timeout: 20_000 });
    await large(host, 'blue');
    await host.control('Start video').click();
    await guest.sees('.picture', PATIENCE);
    await until('both again', async () => (await guest.films(HALVES)).sort().join() === 'blue,red', PATIENCE);
    for (const one of [host, guest]) {
      expect(one.complaints).toEqual([]);
      expect(one.foreign).toEqual([]);
    }
  }, 4 * PATIENCE);
});

test('Firefox and Chromium see each other', async () => {
  const bridge = await bridgeOf(`[video]\n${SMALL}`);
  const meeting = await bridge.meeting();
  const host = await come(red, bridge.url(meeting, 'host'), 'Anna');
  await host.isIn();
  const guest = await come(firefox, bridge.url(meeting), 'Bai');
  await guest.isIn();
  await large(guest, 'red');
  await moves(guest);
  // What Firefox's camera sees has one colour, which changes.
  await host.sees('.picture');
  const seen = new Set();
  await until('colours that change', async () => {
    const colours = await host.look([[0.3, 0.3], [0.5, 0.5], [0.7, 0.6]]);
    if (!colours) return false;
    const [one, ...others] = colours;
    const even = others.every((other) => other.every((value, at) => Math.abs(value - one[at]) < 30));
    if (even && Math.max(...one) > 40) seen.add(one.map((value) => Math.round(value / 16)).join());
    return seen.size >= 4;
  }, 30_000);
  await host.screen('video-firefox');
  expect(guest.complaints).toEqual([]);
});

test('a spotlight is for all, a pin for oneself', async () => {
  const bridge = await bridgeOf(`[video]\n${SMALL}`);
  const meeting = await bridge.meeting();
  const host = await come(red, bridge.url(meeting, 'host'), 'Anna');
  await host.isIn();
  const guest = await come(blue, bridge.url(meeting), 'Bai');
  await guest.isIn();
  const third = await Visit.open(blue, bridge.url(meeting));
  open.push(third);
  await third.join('Chen');
  await third.isIn();
  await host.person('Anna').locator('[aria-expanded]').click();
  await host.frame.click('.actions >> text=Spotlight for all');
  await large(third, 'red');
  await third.person('Bai').locator('[aria-expanded]').click();
  await third.frame.click('.actions >> text=Pin for me');
  await large(third, 'blue');
  await third.frame.click('.large-one >> text=Unpin');
  await large(third, 'red');
});

test('without pictures in its settings the bridge is as it was', async () => {
  const bridge = await bridgeOf('[video]\nenabled = false\n');
  const meeting = await bridge.meeting();
  const host = await come(red, bridge.url(meeting, 'host'), 'Anna');
  await host.isIn();
  const guest = await Visit.open(firefox, bridge.url(meeting));
  open.push(guest);
  await guest.join('Bai');
  await guest.isIn();
  await until('sound', async () => (await guest.hear([TONES.anna]))[0] > AUDIBLE_DB, 40_000);
  expect(await host.frame.locator('.control:has-text("video")').count()).toBe(0);
  expect(host.complaints).toEqual([]);
});
