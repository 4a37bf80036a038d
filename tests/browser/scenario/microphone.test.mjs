// A browser that may not use the microphone listens, and may speak later.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { until } from '../harness/process.mjs';
import { AUDIBLE_DB, INAUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const { anna, bai } = TONES;

let [talking, refusing, firefox, bridge] = [];

beforeAll(async () => {
  [talking, refusing, firefox, bridge] = await Promise.all([
    launchChromium({ tone: anna }), launchChromium({ tone: bai, microphone: 'asked' }),
    launchFirefox({ tone: bai, microphone: 'refused' }), Bridge.start(),
  ]);
});
afterAll(async () => {
  await Promise.all([talking?.close(), refusing?.close(), firefox?.close(), bridge?.stop()]);
});

const heard = (visit, tone) => until(`${tone} Hz`, async () => (await visit.hear([tone]))[0] > AUDIBLE_DB, 40_000);

describe('without permission for the microphone', () => {
  test.each(['chromium', 'firefox'])('%s names the way out, hears everything, and may speak when allowed', async (which) => {
    const meeting = await bridge.meeting();
    const host = await Visit.open(talking, bridge.url(meeting, 'host'));
    await host.join('Anna');
    await host.isIn();
    const guest = await Visit.open(which === 'chromium' ? refusing : firefox, bridge.url(meeting));
    await guest.sees('.note.warn');
    expect(await guest.text('.note.warn')).toContain(which === 'chromium' ? 'Chrome' : 'Firefox');
    await guest.screen(`microphone-${which}`);
    await guest.join('Bai');
    await guest.isIn();
    await heard(guest, anna);
    await guest.sees('.control:has-text("Listening only")');
    await host.person('Bai').locator('.mute-nothing, .mute-self').waitFor();
    if (which === 'chromium') {
      await guest.context.grantPermissions(['microphone']);
      await guest.control('Sound').click();
      await guest.frame.click('dialog >> text=Try the microphone again');
      await guest.sees('dialog .level');
      await guest.page.keyboard.press('Escape');
      // Not heard unasked.
      await guest.sees('.control:has-text("Unmute")');
      expect((await host.hear([bai]))[0]).toBeLessThan(INAUDIBLE_DB);
      await guest.control('Unmute').click();
      await heard(host, bai);
    }
    await Promise.all([host.close(), guest.close()]);
  });
});
