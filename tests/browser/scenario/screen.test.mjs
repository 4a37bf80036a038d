// Each screen of the real bridge, in both languages, for a desk and for a telephone: no violation by
// axe, nothing that sticks out, and a picture to look at.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge, TELEPHONE } from '../harness/bridge.mjs';
import { launchChromium } from '../harness/browser.mjs';
import { Visit } from '../harness/visit.mjs';

const SIZES = { desk: { width: 1280, height: 800 }, pocket: { width: 360, height: 740 } };
const LANGS = { en: 'en-US', zh: 'zh-CN' };

let [chromium, bridge] = [];

beforeAll(async () => {
  [chromium, bridge] = await Promise.all([launchChromium(), Bridge.start({ more: TELEPHONE })]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), bridge?.stop()]);
});

describe.each(Object.keys(LANGS))('in %s', (lang) => {
  const open = (url) => Visit.open(chromium, url, { locale: LANGS[lang], size: SIZES.desk });

  /** The screen that is shown, at both sizes; ends at a desk, where it began. */
  async function check(visit, name) {
    await visit.page.emulateMedia({ reducedMotion: 'reduce' });
    for (const size of ['pocket', 'desk']) {
      await visit.page.setViewportSize(SIZES[size]);
      await visit.screen(`${name}-${lang}-${size}`);
      expect(await visit.overflow(), `${name} sticks out`).toBeLessThanOrEqual(0);
      expect(await visit.axe(), `${name}, ${size}`).toEqual([]);
    }
  }

  test('from the link to the end', async () => {
    const meeting = await bridge.meeting({ lobby: 'on', guest_pin: '135790' });
    const host = await open(bridge.url(meeting, 'host'));
    await host.join('Anna 安娜');
    await host.isIn();
    const guest = await open(bridge.url(meeting));
    await guest.sees('.verdict', 40_000);
    await check(guest, 'prejoin');
    await guest.join('白雪', { pin: '135790' });
    await guest.waits();
    await check(guest, 'lobby');
    await host.sees('.queue');
    await check(host, 'host-queue');
    await host.frame.click('.queue .roster .primary');
    await guest.isIn();
    await check(guest, 'meeting');
    await guest.say('你好 👋 hello');
    await guest.sees('.log .mine');
    await check(guest, 'chat');
    await guest.frame.click('.control.leave');
    await guest.sees('.scores');
    await check(guest, 'ended');
    await bridge.api('POST', `meetings/${meeting.id}/end`);
    await host.sees('.ended');
    await check(host, 'over');
    for (const one of [host, guest]) {
      expect(one.complaints).toEqual([]);
      expect(one.foreign).toEqual([]);
      await one.close();
    }
  });

  test('a link that does not work', async () => {
    const meeting = await bridge.meeting();
    const visit = await open(bridge.url(meeting).replace(/#.*/, '#nonsense'));
    await visit.sees('.ladder');
    await check(visit, 'failed');
    await visit.close();
  });

  test('the guide of the organiser', async () => {
    const meeting = await bridge.meeting();
    const visit = await open(bridge.guide(meeting));
    await visit.sees('h1');
    await check(visit, 'guide');
    await visit.page.emulateMedia({ media: 'print' });
    await visit.screen(`guide-print-${lang}`);
    expect(visit.complaints).toEqual([]);
    expect(visit.foreign).toEqual([]);
    await visit.close();
  });
});
