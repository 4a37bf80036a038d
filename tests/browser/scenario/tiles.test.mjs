// Browsers that get each other as they send themselves, and put the picture together by themselves.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { COLOURS } from '../harness/film.mjs';
import { until } from '../harness/process.mjs';
import { TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const PATIENCE = 60_000;
/** The film of each. */
const FILMS = { 'Anna 安娜': 'red', 白雪: 'blue', Chen: 'green' };

let browsers = {};
let firefox;
let open = [];

beforeAll(async () => {
  const colours = ['red', 'blue', 'green'];
  const launched = await Promise.all(colours.map((colour) => launchChromium({ tone: TONES.anna, film: COLOURS[colour] })));
  browsers = Object.fromEntries(colours.map((colour, at) => [colour, launched[at]]));
  firefox = await launchFirefox({ tone: TONES.bai });
});
afterAll(async () => {
  await Promise.all([...Object.values(browsers), firefox].map((one) => one?.close()));
});
afterEach(async () => {
  await Promise.all(open.map((one) => (one instanceof Bridge ? one.stop() : one.close())));
  open = [];
});

async function meetingOf(more) {
  const bridge = await Bridge.start({ more: `[video]\n${more}` });
  open.push(bridge);
  return bridge.url(await bridge.meeting(), 'host');
}

async function come(browser, url, name) {
  const visit = await Visit.open(browser, url, { camera: true });
  open.push(visit);
  await visit.sees('.preview video');
  await visit.join(name);
  await visit.isIn();
  return visit;
}

/** Those of Chromium, by their names. */
async function all(url) {
  const visits = [];
  for (const [name, colour] of Object.entries(FILMS)) visits.push(await come(browsers[colour], url, name));
  return visits;
}

/** Everybody has all tiles, each with the film of whose name it bears; their places. */
async function tiled(visit, count) {
  let tiles = [];
  await until('tiles', async () => {
    tiles = await visit.tiles();
    if (tiles.length !== count) return false;
    const films = await visit.films(tiles.map(({ place }) => place));
    // One sees oneself as in a mirror.
    return tiles.every(({ name, mine }, at) => mine || films[at] === FILMS[name]);
  }, PATIENCE);
  return tiles;
}

test('three Chromiums put each other together, in the places of the composed picture', async () => {
  const visits = await all(await meetingOf('layout = "equal"\n'));
  const [first, ...others] = await Promise.all(visits.map((visit) => tiled(visit, 3)));
  const places = (tiles) => Object.fromEntries(tiles.map(({ name, place }) => [name, place]));
  for (const tiles of others) expect(places(tiles)).toEqual(places(first));
  await visits[0].screen('tiles-equal');

  // Who speaks is large, in a layout of one's own, and nobody flickers: the others keep their lines.
  const [host, guest] = visits;
  await guest.frame.click('.tools button >> nth=0');
  await guest.frame.click('.thumbnail >> nth=1');
  await guest.page.keyboard.press('Escape');
  await guest.person('Anna 安娜').locator('[aria-expanded]').click();
  await guest.frame.click('.actions >> text=Pin for me');
  await until('the pinned one is large', async () => {
    const [large] = await guest.tiles();
    return large?.name === 'Anna 安娜' && large.place[2] > 0.8;
  }, PATIENCE);
  await tiled(guest, (await guest.tiles()).length);
  await guest.screen('tiles-speaker');

  // Whose camera is off has no tile, and comes back.
  await host.control('Stop video').click();
  await until('two are left', async () => (await visits[2].tiles()).length === 2, PATIENCE);
  await host.control('Start video').click();
  await tiled(visits[2], 3);
  for (const one of visits) {
    expect(one.complaints).toEqual([]);
    expect(await one.axe()).toEqual([]);
  }

  // The same where the bridge composes: the same colours at the same places.
  await Promise.all(open.map((one) => (one instanceof Bridge ? one.stop() : one.close())));
  open = [];
  const composed = await all(await meetingOf('layout = "equal"\nbrowsers = "composed"\nlargest = "360p"\nframe_rate = 15\n'));
  for (const visit of composed) {
    await until('the picture', async () => {
      const films = await visit.films(first.map(({ place }) => place));
      return first.every(({ name }, at) => films[at] === FILMS[name]);
    }, PATIENCE);
    expect(await visit.tiles()).toEqual([]);
  }
  await composed[0].screen('tiles-composed');
}, 6 * PATIENCE);

test('Firefox and Chromium get each other where both speak the codec, else who does not gets the picture', async () => {
  const lets = async (codecs) => {
    const url = await meetingOf(`codecs = ${codecs}\nbrowsers = "forwarded"\nlargest = "360p"\nframe_rate = 15\n`);
    return [await come(browsers.red, url, 'Anna 安娜'), await come(firefox, url, 'Bai')];
  };
  const [host, guest] = await lets('["vp8"]');
  await until('Chromium by a tile', async () => {
    const place = (await guest.tiles()).find(({ name }) => name === 'Anna 安娜')?.place;
    return place && (await guest.films([place]))[0] === 'red';
  }, PATIENCE);
  await until('Firefox by a tile', async () => (await host.tiles()).some(({ video }) => video > 0), PATIENCE);
  await guest.screen('tiles-firefox');
  expect([...host.complaints, ...guest.complaints]).toEqual([]);
  await Promise.all(open.map((one) => (one instanceof Bridge ? one.stop() : one.close())));
  open = [];
  // Chromium sends H.264 here, which Firefox as it is installed does not take.
  const [other, plain] = await lets('["h264", "vp8"]');
  await until('the picture', async () => (await plain.films([[1 / 14, 0, 6 / 7, 6 / 7]]))[0] === 'red', PATIENCE);
  expect(await plain.tiles()).toEqual([]);
  await until('Firefox by a tile', async () => (await other.tiles()).some(({ video }) => video > 0), PATIENCE);
}, 4 * PATIENCE);
