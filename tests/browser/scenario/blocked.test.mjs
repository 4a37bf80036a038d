// A network that blocks UDP: the sound goes by TCP; where that is blocked too, by TURN over TLS;
// where all is blocked, the page says so and offers the telephone.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Bridge, TELEPHONE } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { block } from '../harness/firewall.mjs';
import { until } from '../harness/process.mjs';
import { AUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Turn } from '../harness/turn.mjs';
import { Visit } from '../harness/visit.mjs';

const { anna, bai } = TONES;

let [chromium, firefox, turn, bridge, without] = [];
let undo = [];

beforeAll(async () => {
  turn = await Turn.start();
  [chromium, firefox, bridge, without] = await Promise.all([
    launchChromium({ tone: anna }), launchFirefox({ tone: bai }), Bridge.start({ turn, more: TELEPHONE }), Bridge.start(),
  ]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), bridge?.stop(), without?.stop()]);
  await turn?.stop();
});
afterEach(async () => {
  for (const one of undo.splice(0)) await (typeof one === 'function' ? one() : one.close());
});

async function enter(browser, url, name) {
  const visit = await Visit.open(browser, url);
  undo.push(visit);
  await visit.join(name);
  return visit;
}

const heard = (visit, tone) => until(`${tone} Hz`, async () => (await visit.hear([tone]))[0] > AUDIBLE_DB, 40_000);

describe('without UDP', () => {
  test('both browsers go by TCP, and the test before joining says so', async () => {
    undo.push(await block.udpTo(without.rtc));
    const meeting = await without.meeting();
    const prejoin = await Visit.open(chromium, without.url(meeting));
    undo.push(prejoin);
    await prejoin.sees('.verdict', 40_000);
    expect(await prejoin.text('.concerns')).toContain('blocks UDP');
    await prejoin.frame.click('summary');
    await prejoin.screen('prejoin-no-udp');
    const host = await enter(chromium, without.url(meeting, 'host'), 'Anna');
    await host.isIn();
    const guest = await enter(firefox, without.url(meeting), 'Bai');
    await guest.isIn();
    for (const one of [host, guest]) expect(await one.route()).toMatchObject({ protocol: 'tcp' });
    await heard(host, bai);
    await heard(guest, anna);
  });

  test('and without TCP to the bridge a browser goes by TURN over TLS', async () => {
    undo.push(await block.udpTo(bridge.rtc), await block.tcpTo(bridge.rtc));
    const meeting = await bridge.meeting();
    const prejoin = await Visit.open(chromium, bridge.url(meeting));
    undo.push(prejoin);
    await prejoin.sees('.verdict', 40_000);
    await prejoin.frame.click('summary');
    expect(await prejoin.text('.facts')).toMatch(/Relay \(TLS\)\s+works/);
    const host = await enter(chromium, bridge.url(meeting, 'host'), 'Anna');
    await host.isIn();
    expect(await host.route()).toMatchObject({ kind: 'relay', relay: 'tls' });
    const other = await enter(chromium, bridge.url(meeting), 'Bai');
    await other.isIn();
    await heard(other, anna);
  });

  test('and without any way the page names the step, and offers the telephone', async () => {
    undo.push(await block.udpTo(bridge.rtc), await block.tcpTo(bridge.rtc), await block.tcpTo(turn.port));
    const meeting = await bridge.meeting();
    const host = await enter(chromium, bridge.url(meeting, 'host'), 'Anna');
    await host.sees('.trouble', 30_000);
    expect(await host.text('.trouble')).toContain('The network blocks sound by UDP.');
    await host.frame.click('.trouble .primary');
    expect(await host.frame.locator('dialog .ladder .failed').allInnerTexts()).toMatchObject([/UDP/, /detour/].map((one) => expect.stringMatching(one)));
    expect(await host.text('dialog .phone-card')).toContain('+861012345678');
    await host.screen('no-way-for-sound');
    // Reading and writing go on.
    await host.page.keyboard.press('Escape');
    await host.say('I hear nothing');
    await host.sees('.log .mine');
  });
});
