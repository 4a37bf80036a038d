// Each screen in both languages, both themes and two sizes: no violation by axe, nothing that
// sticks out, and a picture to look at.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, copyOf, someone } from '../fake.mjs';
import { bridge, launch, until, Visit } from './harness.mjs';

const HISTORY = [
  { id: 1, from: 1, name: '王晓明', text: '大家好，议程在会议邀请里。', at: '2026-11-25T01:58:00Z' },
  { id: 2, from: 5, name: 'Alexandra Konstantinopoulou-Featherstonehaugh', text: 'Good morning! https://example.com/a-very-long-address/that-does-not-break/at-any-place/whatever/one/does', at: '2026-11-25T01:59:30Z' },
];

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

const looks = [];
for (const locale of ['en-US', 'zh-CN']) {
  for (const [sizeName, size] of [['desktop', { width: 1280, height: 800 }], ['360', { width: 360, height: 740 }]]) {
    looks.push({ locale, size, sizeName });
  }
}

describe.each(looks)('$locale $sizeName', (look) => {
  const controls = (page, en, zh) => page.click(`.control:has-text("${look.locale === 'en-US' ? en : zh}")`);

  async function check(visit, name) {
    for (const theme of ['light', 'dark']) {
      await visit.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await visit.screen(`${name}-${look.locale.slice(0, 2)}-${theme}-${look.sizeName}`);
      expect(await visit.overflow(), `${name} sticks out`).toBeLessThanOrEqual(0);
      expect(await visit.axe(), `${name}, ${theme}`).toEqual([]);
    }
  }

  test('before joining', async () => {
    const fake = await bridge({ pin: '1' });
    const visit = await Visit.open(browser, fake, look);
    await visit.page.waitForSelector('.verdict', { timeout: 15_000 });
    await visit.page.click('summary');
    await check(visit, 'prejoin');
    await visit.page.click('button[type=submit]');
    await visit.join('Li Lei');
    await visit.page.fill('#pin', '2');
    await visit.page.click('button[type=submit]');
    await visit.page.waitForSelector('#pin[aria-invalid=true]');
    await check(visit, 'prejoin-pin');
    expect(visit.complaints).toEqual([]);
    await visit.close();
    await fake.stop();
  });

  test('without a microphone', async () => {
    const fake = await bridge({ probe: false });
    const visit = await Visit.open(refusing, fake, look);
    await visit.page.waitForSelector('.note.warn');
    await visit.page.waitForSelector('.verdict', { timeout: 15_000 });
    await check(visit, 'microphone');
    await visit.close();
    await fake.stop();
  });

  test('lobby and meeting', async () => {
    const fake = await bridge({ lobby: true, history: HISTORY });
    fake.people = copyOf(COMPANY);
    const visit = await Visit.open(browser, fake, look);
    const { page } = visit;
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
    await check(visit, 'meeting');
    await controls(page, 'Chat', '聊天');
    fake.write(fake.people[5], '收到 👍');
    await page.waitForSelector('.log .mine');
    await check(visit, 'chat');
    fake.sockets = false;
    fake.cut();
    await page.waitForSelector('.banner.warn');
    await check(visit, 'interrupted');
    await visit.close();
    await fake.stop();
  });

  test('host, table, end', async () => {
    const fake = await bridge({ role: 'host' });
    fake.people = [...copyOf(COMPANY), someone(20, '周杰', { waiting: true, kind: 'phone' }), someone(21, 'Boris', { waiting: true })];
    const visit = await Visit.open(browser, fake, look);
    const { page } = visit;
    await page.waitForSelector('.level');
    await visit.join('李雷');
    await page.waitForSelector('.controls');
    if (look.sizeName === '360') await controls(page, 'People', '成员');
    await page.click('.roster >> nth=1 >> [aria-expanded=false] >> nth=3');
    await check(visit, 'host-people');
    if (look.sizeName === '360') {
      await controls(page, 'More', '更多');
      await check(visit, 'host-more');
      await page.click('.more-list .control >> nth=2');
    } else await controls(page, 'Host controls', '主持人操作');
    await page.waitForSelector('[role=switch]');
    await check(visit, 'host-controls');
    await page.click('dialog .square');
    await page.click(`.panel-body > .plain`);
    await page.waitForSelector('table');
    await check(visit, 'table');
    await page.keyboard.press('Escape');
    await page.click('.control.leave');
    await page.waitForSelector('.scores');
    await check(visit, 'ended');
    expect(visit.complaints).toEqual([]);
    await visit.close();
    await fake.stop();
  });

  test('no sound', async () => {
    const fake = await bridge({ rtc: false, probe: false });
    fake.people = copyOf(COMPANY);
    const visit = await Visit.open(browser, fake, look);
    await visit.page.waitForSelector('.level');
    await visit.join('Li Lei');
    await visit.page.waitForSelector('.trouble', { timeout: 25_000 });
    await check(visit, 'no-sound');
    await visit.page.click('.trouble .primary');
    await check(visit, 'no-sound-phone');
    await visit.close();
    await fake.stop();
  });

  test('failure', async () => {
    const fake = await bridge({ sockets: false, probe: false });
    const visit = await Visit.open(browser, fake, look);
    await visit.page.waitForSelector('#name');
    await visit.join('Li Lei');
    await visit.page.waitForSelector('.ladder');
    await check(visit, 'failed');
    await visit.close();
    await fake.stop();
  });
});
