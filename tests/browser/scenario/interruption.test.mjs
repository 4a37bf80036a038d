// What breaks on the way, and heals: the WebSocket, the network, the page.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { block } from '../harness/firewall.mjs';
import { until } from '../harness/process.mjs';
import { AUDIBLE_DB, INAUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const { anna, bai } = TONES;

let [chromium, firefox, bridge] = [];
let open = [];

beforeAll(async () => {
  [chromium, firefox, bridge] = await Promise.all([launchChromium({ tone: anna }), launchFirefox({ tone: bai }), Bridge.start()]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), bridge?.stop()]);
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

async function two() {
  const meeting = await bridge.meeting();
  const [host, guest] = [
    await Visit.open(chromium, bridge.url(meeting, 'host')), await Visit.open(firefox, bridge.url(meeting)),
  ];
  open.push(host, guest);
  await host.join('Anna');
  await host.isIn();
  await guest.join('Bai');
  await guest.isIn();
  return { host, guest };
}

/** In the page: the WebSocket closes in the moment of the first offer, before or after it is said. */
function cutAtOffer(when) {
  const Socket = window.WebSocket;
  let done = false;
  window.WebSocket = class extends Socket {
    send(data) {
      const cuts = !done && JSON.parse(data).type === 'offer';
      if (!cuts || when === 'after') super.send(data);
      if (!cuts) return;
      done = true;
      this.close();
    }
  };
}

const level = async (visit, tone) => (await visit.hear([tone]))[0];
const heard = (visit, tone) => until(`${tone} Hz`, async () => (await level(visit, tone)) > AUDIBLE_DB, 40_000);

describe('after a break', () => {
  test('of the WebSocket the sound goes on, and seat, role and mute are kept', async () => {
    const { host, guest } = await two();
    await heard(host, bai);
    await guest.control('Mute').click();
    await host.person('Bai').locator('.mute-self').waitFor();
    const open = await block.tcpTo(bridge.http);
    try {
      await host.sees('text=Connecting again', 15_000);
      await guest.sees('text=Connecting again', 15_000);
      // The sound takes another way, and does not break.
      await heard(guest, anna);
    } finally {
      await open();
    }
    for (const one of [host, guest]) await until('the banner goes', async () => (await one.frame.locator('.banner').count()) === 0, 40_000);
    expect((await host.people()).length).toBe(2);
    await host.sees('.control:has-text("Host controls")');
    await guest.sees('.control:has-text("Unmute")');
    await heard(guest, anna);
    expect(await level(host, bai)).toBeLessThan(INAUDIBLE_DB);
    await guest.control('Unmute').click();
    await heard(host, bai);
  });

  test.each(['before', 'after'])('in the moment %s the first offer is said the sound comes all the same', async (when) => {
    const meeting = await bridge.meeting();
    const host = await Visit.open(firefox, bridge.url(meeting, 'host'));
    const guest = await Visit.open(chromium, bridge.url(meeting), { script: `(${cutAtOffer})('${when}')` });
    open.push(host, guest);
    await host.join('Bai');
    await host.isIn();
    await guest.join('Anna');
    await guest.isIn();
    await heard(guest, bai);
    await heard(host, anna);
    expect(await guest.page.evaluate(() => window.witness.sockets.length)).toBe(2);
    expect((await host.people()).length).toBe(2);
  });

  test.each(['chromium', 'firefox'])('of the way of the sound %s finds another', async (which) => {
    const { host, guest } = await two();
    const [mine, other] = which === 'chromium' ? [host, bai] : [guest, anna];
    await heard(mine, other);
    // As when a laptop leaves the wireless network: what was the way leads nowhere.
    const { port } = await mine.route();
    const open = await block.udpFrom(port);
    try {
      await until('another way', async () => {
        const route = await mine.route();
        return route?.state === 'connected' && route.port !== port;
      }, 30_000);
      await heard(mine, other);
      expect((await host.people()).length).toBe(2);
    } finally {
      await open();
    }
  });

  test('a reload keeps the seat, the name and the mute', async () => {
    const { host, guest } = await two();
    await host.control('Mute').click();
    await guest.person('Anna').locator('.mute-self').waitFor();
    await host.page.reload();
    await host.isIn();
    await host.sees('.control:has-text("Unmute")');
    expect((await guest.people()).filter((name) => name === 'Anna').length).toBe(1);
    await heard(host, bai);
    await host.control('Unmute').click();
    await heard(guest, anna);
    expect(host.complaints).toEqual([]);
  });
});
