// The telephone beside the browser: it joins as the same person, called by the bridge or dialled
// with the personal code.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge, TELEPHONE } from '../harness/bridge.mjs';
import { launchChromium } from '../harness/browser.mjs';
import { Phone } from '../harness/phone.mjs';
import { freePort, until } from '../harness/process.mjs';
import { AUDIBLE_DB, INAUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const { anna, bai, phone: ringing } = TONES;

/** What the guest says that its telephone's number is. */
const NUMBER = '+8613800138000';

let [one, two, bridge, port] = [];

beforeAll(async () => {
  port = await freePort();
  [one, two, bridge] = await Promise.all([
    launchChromium({ tone: anna }), launchChromium({ tone: bai }),
    Bridge.start({ more: `${TELEPHONE}${carrier(port)}` }),
  ]);
});
afterAll(async () => {
  await Promise.all([one?.close(), two?.close(), bridge?.stop()]);
});

const level = async (visit, tone) => (await visit.hear([tone]))[0];

/** A carrier that is the telephone itself. */
const carrier = (port) => `[calling_out]
enabled = true
allow = ["+86"]
[[trunk]]
name = "carrier"
target = "sip:127.0.0.1:${port};transport=udp"
health_interval_s = 0
`;

async function beside(bring) {
  const meeting = await bridge.meeting({ guests_call_me: true });
  const host = await Visit.open(one, bridge.url(meeting, 'host'));
  await host.join('Anna');
  await host.isIn();
  const guest = await Visit.open(two, bridge.url(meeting));
  await guest.join('Bai');
  await guest.isIn();
  await until('the guest is heard', async () => (await level(host, bai)) > AUDIBLE_DB, 40_000);
  const telephone = await Phone.start(ringing, { port, user: NUMBER });
  await bring(guest, telephone);
  // The telephone speaks now, and the browser of the same person does not.
  await until('the telephone is heard', async () => (await level(host, ringing)) > AUDIBLE_DB, 40_000);
  await until('the browser is not', async () => (await level(host, bai)) < INAUDIBLE_DB, 40_000);
  expect((await host.people()).sort()).toEqual(['Anna', 'Bai']);
  await telephone.stop();
  await until('the browser again', async () => (await level(host, bai)) > AUDIBLE_DB, 40_000);
  await Promise.all([host.close(), guest.close()]);
}

describe('a telephone beside a browser', () => {
  test('is called by the bridge, and joins as the same person', () => beside(async (guest) => {
    await guest.control('Phone').click();
    await guest.frame.fill('dialog input[type=tel]', NUMBER);
    await guest.frame.click('dialog button[type=submit]');
    await guest.sees('.call.answered');
    await guest.screen('call-me');
    await guest.page.keyboard.press('Escape');
  }));

  test('dials the reception with the personal code, and joins as the same person', () => beside(async (guest, telephone) => {
    await guest.control('Phone').click();
    const code = /\d{6,}(?=#)/.exec(await guest.text('dialog .phone-card'))[0];
    await guest.page.keyboard.press('Escape');
    await telephone.call(`sip:9000@127.0.0.1:${bridge.sip}`);
    await telephone.press(`${code}#`);
  }));
});
