// The picture of the meeting: how it is divided, who is large, and what arrives of it.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CAMERA, COMPANY, copyOf, someone } from '../fake.mjs';
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

async function watching(options = {}, page) {
  fake = await bridge(options);
  fake.people = options.people ?? copyOf(COMPANY);
  fake.people[0].camera = CAMERA;
  visit = await Visit.open(browser, fake, page);
  const is = visit.page;
  await is.waitForSelector('.level');
  await visit.join();
  await is.waitForSelector('.picture');
  await until('a picture', () => is.evaluate(() => document.querySelector('.meeting-video')?.videoWidth === 1280), 20_000);
  return is;
}

const views = () => fake.said('view').map(({ layout, pinned, page }) => [layout, pinned, page]);

test('is there while somebody is seen, as large as there is room; names otherwise', async () => {
  const page = await watching();
  const box = await page.locator('.meeting-video').boundingBox();
  expect(box.width).toBeGreaterThan(700);
  expect(await page.locator('.tile').count()).toBe(0);
  await page.waitForSelector('.arrival:has-text("1280 × 720")');
  expect(await page.locator('.arrival').innerText()).toMatch(/^1280 × 720, \d+ pictures\/s, good$/);
  fake.change(1, { camera: undefined });
  await page.waitForSelector('.tile');
  expect(await page.locator('.picture').count()).toBe(0);
  expect(visit.complaints).toEqual([]);
});

test('is divided as one chooses, by pointer and by keys, and as a host chooses for all', async () => {
  const page = await watching({ role: 'host' });
  await page.click('.tools >> text=Layout');
  await page.click('.thumbnail:has-text("All equal") >> nth=0');
  await until('it is told', () => views().length === 1);
  await page.waitForSelector('.thumbnail >> nth=2 >> input:checked');
  await page.keyboard.press('ArrowRight');
  await until('it is told', () => views().length === 2);
  await page.click('.follow');
  await until('it is told', () => views().length === 3);
  expect(views()).toEqual([['equal', null, 0], ['side_by_side', null, 0], [null, null, 0]]);
  await page.click('fieldset >> nth=1 >> .thumbnail:has-text("Speaker only")');
  await page.waitForSelector('.follow:has-text("(Speaker only)")');
  expect(fake.said('host').map(({ action }) => action)).toEqual([{ do: 'set_layout', layout: 'single' }]);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement.innerText)).toBe('Layout');
});

test('pages of equals are turned forward and back, and not beyond', async () => {
  const crowd = Array.from({ length: 20 }, (_, at) => someone(30 + at, `Guest ${at}`));
  const page = await watching({ people: [...copyOf(COMPANY), ...crowd] });
  await page.click('.tools >> text=Layout');
  await page.click('.thumbnail:has-text("All equal")');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.pages:has-text("1 / 2")');
  await page.click('button[aria-label="Page before"]', { force: true });
  await page.click('button[aria-label="Next page"]');
  await page.waitForSelector('.pages:has-text("Page 2 of 2")');
  await page.click('button[aria-label="Next page"]', { force: true });
  await page.click('button[aria-label="Page before"]');
  await page.waitForSelector('.pages:has-text("Page 1 of 2")');
  expect(views()).toEqual([['equal', null, 0], ['equal', null, 1], ['equal', null, 0]]);
});

test('who has a camera and no place is counted below the picture', async () => {
  const page = await watching();
  expect(await page.locator('.more-unseen').count()).toBe(0);
  fake.view.more = 4;
  fake.all({ type: 'view', ...fake.view });
  await page.waitForSelector('.more-unseen:has-text("4 more on camera")');
  fake.view.more = 0;
  fake.all({ type: 'view', ...fake.view });
  await until('nobody is left out', async () => (await page.locator('.more-unseen').count()) === 0);
});

test('somebody is pinned by a guest, and is in the spotlight by a host', async () => {
  const page = await watching({ role: 'host' });
  await page.click('button[aria-label="Actions for 3F 会议室"]');
  await page.click('.actions >> text=Pin for me');
  await page.waitForSelector('.large-one:has-text("Large for you: 3F 会议室")');
  await page.click('.large-one >> text=Unpin');
  await until('nobody is', async () => (await page.locator('.large-one').count()) === 0);
  expect(views()).toEqual([[null, 2, 0], [null, null, 0]]);
  await page.click('.actions >> text=Spotlight for all');
  await page.waitForSelector('.large-one:has-text("Large for all: 3F 会议室")');
  await page.waitForSelector('.toast:has-text("3F 会议室 is large for all.")');
  await page.click('.actions >> text=End spotlight');
  await until('nobody is', async () => (await page.locator('.large-one').count()) === 0);
  expect(fake.said('host').map(({ action }) => action)).toEqual([{ do: 'spotlight', participant: 2 }, { do: 'spotlight', participant: null }]);
});

test('a guest may pin, and nothing more', async () => {
  const page = await watching();
  await page.click('button[aria-label="Actions for 王晓明"]');
  expect(await page.locator('.actions button').allInnerTexts()).toEqual(['Pin for me']);
});

test('where the bridge has little time it is said, and names take the place of no picture', async () => {
  const page = await watching();
  const strain = (is) => { fake.scene.strain = is; fake.all({ type: 'picture', ...fake.scene }); };
  strain('smaller');
  await page.waitForSelector('.banner:has-text("the picture is smaller")');
  expect(await page.locator('.toast').count(), 'the banner stands for it').toBe(0);
  expect(await page.locator('.banner[role=status]').count(), 'the log says it').toBe(0);
  expect(await page.locator('[role=log] >> text=the picture is smaller').count()).toBe(1);
  strain('audio_only');
  await page.waitForSelector('.banner:has-text("no time for pictures")');
  await page.waitForSelector('.tile');
  strain('none');
  await page.waitForSelector('.picture');
  expect(await page.locator('.banner').count()).toBe(0);
  await page.waitForSelector('.toast:has-text("full pictures again")');
  expect(await page.locator('[role=log] >> text=full pictures again').count()).toBe(1);
});

test('leaves the page as a small window, and comes back', async () => {
  const page = await watching({}, { script: () => {
    window.apart = null;
    Object.defineProperty(Document.prototype, 'pictureInPictureElement', { get: () => window.apart });
    HTMLVideoElement.prototype.requestPictureInPicture = async function () { window.apart = this; };
    Document.prototype.exitPictureInPicture = async () => { window.apart = null; };
  } });
  await page.click('button[aria-label="Small window"]');
  await until('it is apart', () => page.evaluate(() => window.apart?.classList.contains('meeting-video')));
  await page.click('button[aria-label="Small window"]');
  await until('it is back', () => page.evaluate(() => window.apart === null));
});

test('a connection that breaks brings it back', async () => {
  const page = await watching();
  fake.cut();
  await page.waitForSelector('text=Connecting again');
  await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
  const decoded = () => page.evaluate(() => document.querySelector('.meeting-video').getVideoPlaybackQuality().totalVideoFrames);
  const before = await decoded();
  await until('it goes on', async () => (await decoded()) > before + 5, 20_000);
});

test('people that come by lines of their own are put in their places, and the picture comes back without a gap', async () => {
  const page = await watching();
  const [first, second] = fake.people.map(({ id }) => id);
  const tile = (participant, line, left) => ({ participant, line, left, top: 2500, width: 5000, height: 5000 });
  const tiles = [tile(first, 1, 0), tile(second, 3, 5000)];
  fake.say(fake.mine, { type: 'tiles', lines: 3, shown: false, tiles: [] });
  await until('lines for them', () => page.evaluate(() => window.made.at(-1).getTransceivers().length === 6));
  fake.say(fake.mine, { type: 'tiles', lines: 3, shown: false, tiles });
  await page.waitForSelector('.wall.behind li video', { state: 'attached' });
  // From now on one of the two is to be seen at every moment.
  await page.evaluate(() => {
    window.gaps = 0;
    const look = () => {
      const wall = document.querySelector('.wall:not(.behind)');
      const whole = !wall || [...wall.querySelectorAll('video')].every((video) => video.videoWidth > 0);
      if (!whole || document.querySelector('.meeting-video')?.videoWidth !== 1280) window.gaps += 1;
      requestAnimationFrame(look);
    };
    look();
  });
  fake.say(fake.mine, { type: 'tiles', lines: 3, shown: true, tiles });
  await page.waitForSelector('.wall:not(.behind)');
  const boxes = await page.locator('.wall li').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ left, width, top, height }) => [left, width, top, height]));
  expect(boxes[1][0]).toBeCloseTo(boxes[0][0] + boxes[0][1], 0);
  expect(boxes[0][1] / boxes[0][3]).toBeCloseTo(16 / 9, 1);
  expect(await visit.axe()).toEqual([]);
  await visit.screen('tiles');
  fake.change(second, { hand: true, camera: CAMERA });
  await page.waitForSelector('.wall li >> nth=1 >> .raised');
  // Another place is the same line: its picture goes on.
  fake.say(fake.mine, { type: 'tiles', lines: 3, shown: true, tiles: [tile(second, 3, 0), tile(first, 1, 5000)] });
  await until('changed places', async () => (await page.locator('.wall li').first().getAttribute('data-participant')) === String(second));
  fake.say(fake.mine, { type: 'tiles', lines: 0, shown: false, tiles: [] });
  await page.waitForSelector('.wall', { state: 'detached' });
  expect(await page.evaluate(() => window.gaps)).toBe(0);
  expect(visit.complaints).toEqual([]);
}, 60_000);
