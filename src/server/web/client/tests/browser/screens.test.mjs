// Each screen in both languages, both themes and two sizes: no violation by axe, nothing that
// sticks out, and a picture to look at.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { CAMERA, COMPANY, copyOf, someone } from '../fake.mjs';
import { bridge, launch, until, Visit } from './harness.mjs';

const HISTORY = [
  { id: 1, from: 1, name: '王晓明', text: '大家好，议程在会议邀请里。', at: '2026-11-25T01:58:00Z' },
  { id: 2, from: 5, name: 'Alexandra Konstantinopoulou-Featherstonehaugh', text: 'Good morning! https://example.com/a-very-long-address/that-does-not-break/at-any-place/whatever/one/does', at: '2026-11-25T01:59:30Z' },
];

const SIZES = { desktop: { width: 1280, height: 800 }, 360: { width: 360, height: 740 } };
const DESKTOP = ['desktop'];
const POCKET = ['360'];

let browser;
let refusing;

beforeAll(async () => {
  browser = await launch();
  refusing = await launch({ allow: false });
});
afterAll(async () => {
  await browser.close();
  await refusing.close();
});

/** The screen that is shown, in every look. Ends in English on a desktop, where it began. */
async function check(visit, name, sizes = Object.keys(SIZES)) {
  const { page } = visit;
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    for (const lang of ['en', 'zh']) {
      for (const theme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await visit.screen(`${name}-${lang}-${theme}-${size}`);
        expect(await visit.overflow(), `${name} sticks out`).toBeLessThanOrEqual(0);
        expect(await visit.axe(), `${name}, ${lang}, ${theme}, ${size}`).toEqual([]);
      }
      await switchLanguage(page);
    }
  }
  await page.setViewportSize(SIZES.desktop);
}

/** Also while a dialog lies over the button. */
async function switchLanguage(page) {
  await page.evaluate(() => document.querySelector('.head button').click());
}

async function visitTo(options, page) {
  const fake = await bridge(options);
  const visit = await Visit.open(page?.browser ?? browser, fake, page);
  const close = async () => {
    expect(visit.complaints).toEqual([]);
    await visit.close();
    await fake.stop();
  };
  return { fake, visit, page: visit.page, close };
}

test('before joining', async () => {
  const { visit, page, close } = await visitTo({ pin: '1' });
  await page.waitForSelector('.verdict', { timeout: 15_000 });
  await page.click('summary');
  await check(visit, 'prejoin');
  await page.click('button[type=submit]');
  await visit.join('Li Lei');
  await page.fill('#pin', '2');
  await page.click('button[type=submit]');
  await page.waitForSelector('#pin[aria-invalid=true]');
  await check(visit, 'prejoin-pin');
  await close();
});

test('without a microphone', async () => {
  const { visit, page, close } = await visitTo({ probe: false }, { browser: refusing });
  await page.waitForSelector('.note.warn');
  await page.waitForSelector('.verdict', { timeout: 15_000 });
  await check(visit, 'microphone');
  await close();
});

test('lobby and meeting', async () => {
  const { fake, visit, page, close } = await visitTo({ lobby: true, history: HISTORY });
  fake.people = copyOf(COMPANY);
  await page.waitForSelector('.level');
  await visit.join('李雷 Li Lei');
  await page.waitForSelector('.lobby');
  await until('music', async () => (await page.locator('.lobby .hint').count()) > 0);
  await check(visit, 'lobby');
  fake.letIn(fake.mine.id);
  await page.waitForSelector('.controls');
  fake.all({ type: 'speaking', participants: [2] });
  await page.waitForSelector('.speaking');
  await until('sound', async () => (await page.locator('.banner').count()) === 0);
  await check(visit, 'meeting', DESKTOP);
  await page.click('.panel-head button');
  await check(visit, 'meeting', POCKET);
  await page.click('#control-chat');
  fake.write(fake.people[5], '收到 👍');
  await page.waitForSelector('.log .mine');
  await check(visit, 'chat');
  fake.sockets = false;
  fake.cut();
  await page.waitForSelector('.banner.warn');
  await check(visit, 'interrupted');
  await close();
}, 90_000);

test('with pictures', async () => {
  const { fake, visit, page, close } = await visitTo({ role: 'host', probe: false }, { camera: true });
  fake.people = copyOf(COMPANY);
  fake.people[0].camera = CAMERA;
  fake.people[1].camera = { state: 'coming', sight: 'low_light' };
  await page.waitForSelector('.preview video');
  await page.waitForSelector('.level');
  await page.waitForSelector('.verdict', { timeout: 15_000 });
  await check(visit, 'camera-prejoin');
  await visit.join('李雷 Li Lei');
  await page.waitForSelector('.picture');
  await page.waitForSelector('.arrival:has-text("1280")');
  await until('sound', async () => (await page.locator('.banner').count()) === 0);
  await check(visit, 'picture', DESKTOP);
  await page.click('.roster .square >> nth=1');
  await page.click('.actions >> text=Pin for me');
  await page.waitForSelector('.large-one');
  fake.view.pages = 3;
  fake.say(fake.mine, { type: 'view', ...fake.view });
  await check(visit, 'picture-pinned', DESKTOP);
  await page.click('.panel-head button');
  await check(visit, 'picture-pinned', POCKET);
  await page.click('.tools button >> nth=0');
  await check(visit, 'layout');
  await page.keyboard.press('Escape');
  fake.scene.strain = 'smaller';
  fake.all({ type: 'picture', ...fake.scene });
  await page.waitForSelector('.banner');
  await check(visit, 'strain', POCKET);
  await close();
}, 120_000);

test('host, table, end', async () => {
  const { fake, visit, page, close } = await visitTo({ role: 'host' });
  fake.people = [...copyOf(COMPANY), someone(20, '周杰', { waiting: true, kind: 'phone' }), someone(21, 'Boris', { waiting: true })];
  await page.waitForSelector('.level');
  await visit.join('李雷');
  await page.waitForSelector('.controls');
  await page.click('.roster >> nth=1 >> [aria-expanded=false] >> nth=3');
  await check(visit, 'host-people');
  await page.setViewportSize(SIZES[360]);
  await page.click('.control:has-text("More")');
  await check(visit, 'host-more', POCKET);
  await page.keyboard.press('Escape');
  await page.click('.control:has-text("Host controls")');
  await page.waitForSelector('[role=switch]');
  await check(visit, 'host-controls');
  await page.click('dialog .square');
  await page.click('.panel-body > .plain');
  await page.waitForSelector('table');
  await check(visit, 'table');
  await page.keyboard.press('Escape');
  await page.click('.control.leave');
  await page.waitForSelector('.scores');
  await check(visit, 'ended');
  await close();
}, 90_000);

test('no sound', async () => {
  const { fake, visit, page, close } = await visitTo({ rtc: false, probe: false });
  fake.people = copyOf(COMPANY);
  await page.waitForSelector('.level');
  await visit.join('Li Lei');
  await page.waitForSelector('.trouble', { timeout: 25_000 });
  await check(visit, 'no-sound');
  await page.click('.trouble .primary');
  await check(visit, 'no-sound-phone');
  await close();
}, 90_000);

test('failure', async () => {
  const { visit, page, close } = await visitTo({ sockets: false, probe: false });
  await page.waitForSelector('#name');
  await visit.join('Li Lei');
  await page.waitForSelector('.ladder');
  await check(visit, 'failed');
  await close();
});
