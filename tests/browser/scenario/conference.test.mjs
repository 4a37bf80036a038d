// Two browsers and a telephone in one meeting: through PIN and lobby, heard by each other, seen as
// what they are.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { Phone } from '../harness/phone.mjs';
import { pause, until } from '../harness/process.mjs';
import { AUDIBLE_DB, INAUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const { anna, bai, phone: ringing } = TONES;
const GUEST_PIN = '135790';

let [chromium, firefox, bridge] = [];
let open = [];

beforeAll(async () => {
  [chromium, firefox, bridge] = await Promise.all([launchChromium({ tone: anna }), launchFirefox({ tone: bai }), Bridge.start()]);
});
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), bridge?.stop()]);
});
afterEach(async () => {
  await Promise.all(open.map((one) => (one instanceof Phone ? one.stop() : one.close())));
  open = [];
});

async function visit(browser, url, options) {
  const visit = await Visit.open(browser, url, options);
  open.push(visit);
  return visit;
}

async function heardOf(visit, tones) {
  const levels = await visit.hear(tones);
  return Object.fromEntries(tones.map((tone, at) => [tone, levels[at]]));
}

/** Each of the others is heard, and nobody hears themselves. */
async function hears(visit, others, self) {
  await until(`${others} heard`, async () => {
    const heard = await heardOf(visit, [...others, self]);
    return others.every((tone) => heard[tone] > AUDIBLE_DB) && heard[self] < INAUDIBLE_DB;
  }, 40_000);
}

describe('two browsers and a telephone', () => {
  test('come in by PIN and lobby, and each is heard by the others', async () => {
    const meeting = await bridge.meeting({ lobby: 'on', guest_pin: GUEST_PIN, host_pin: '246810' });
    const host = await visit(chromium, bridge.url(meeting, 'host'));
    await host.join('Anna');
    await host.isIn();

    const guest = await visit(firefox, bridge.url(meeting), { locale: 'zh-CN' });
    await guest.join('白雪', { pin: '000000' });
    await guest.sees('#pin[aria-invalid=true]');
    await guest.frame.fill('#pin', GUEST_PIN);
    await guest.press();
    await guest.waits();
    // Who waits hears music, and is neither heard nor sees who is inside.
    expect(await guest.frame.locator('.roster').count()).toBe(0);
    expect((await heardOf(host, [bai]))[bai]).toBeLessThan(INAUDIBLE_DB);
    expect((await heardOf(guest, [anna]))[anna]).toBeLessThan(AUDIBLE_DB);

    const telephone = await Phone.start(ringing);
    open.push(telephone);
    await telephone.call(bridge.sipAddress(meeting));
    await telephone.press(`${GUEST_PIN}#`);

    await host.frame.click('button[aria-label="Admit 白雪"]');
    await guest.isIn();
    await host.frame.locator('.queue .person').waitFor();
    await host.frame.click('.queue button.primary:has-text("Admit") >> nth=-1');
    await until('all three are in', async () => (await host.people()).length === 3);

    await hears(host, [bai, ringing], anna);
    await hears(guest, [anna, ringing], bai);
    expect(await guest.people()).toContain('Anna');
    const kinds = await host.frame.locator('section[aria-labelledby=here] .roster .kind').allInnerTexts();
    expect(kinds.map((one) => one.trim()).sort()).toEqual(['Browser', 'Browser', 'Phone']);
    await host.screen('conference-host');
    await guest.screen('conference-guest-zh');

    await pause(3_500);
    const heard = await telephone.heard();
    expect(heard(anna)).toBeGreaterThan(AUDIBLE_DB);
    expect(heard(bai)).toBeGreaterThan(AUDIBLE_DB);
    expect(heard(ringing)).toBeLessThan(INAUDIBLE_DB);
    await until('the telephone is gone', async () => (await host.people()).length === 2);
    for (const one of [host, guest]) {
      expect(one.complaints).toEqual([]);
      expect(one.foreign).toEqual([]);
      expect(await one.context.cookies()).toEqual([]);
    }
  });

  test('mute is true for everybody: by oneself, by the host, and not against the host', async () => {
    const meeting = await bridge.meeting();
    const host = await visit(chromium, bridge.url(meeting, 'host'));
    await host.join('Anna');
    await host.isIn();
    const guest = await visit(firefox, bridge.url(meeting));
    await guest.join('Bai');
    await guest.isIn();
    await hears(host, [bai], anna);

    const silent = () => until('silence', async () => (await heardOf(host, [bai]))[bai] < INAUDIBLE_DB);
    await guest.control('Mute').click();
    await host.person('Bai').locator('.mute-self').waitFor();
    await silent();
    await guest.control('Unmute').click();
    await hears(host, [bai], anna);

    // Where the host forbids it nobody unmutes alone; allowed to speak is not made to speak.
    await host.control('Host controls').click();
    await host.frame.click('[role=switch][aria-label="Guests may unmute themselves"]');
    await host.sees('[role=switch][aria-checked=false][aria-label="Guests may unmute themselves"]');
    await host.page.keyboard.press('Escape');
    await host.frame.click('button[aria-label="Actions for Bai"]');
    await host.frame.click('.actions >> text=Mute');
    await guest.sees('.control:has-text("Muted by the host")');
    await silent();
    await host.frame.click('.actions >> text=Allow to speak');
    await guest.sees('.control:has-text("Unmute")');
    await silent();
    await guest.control('Unmute').click();
    await hears(host, [bai], anna);

    await host.control('Host controls').click();
    await host.frame.click('dialog >> text=Mute everybody');
    await guest.sees('.control:has-text("Muted by the host")');
    await host.frame.click('[role=switch][aria-label="Guests may unmute themselves"]');
    await guest.control('Unmute').click();
    await hears(host, [bai], anna);
  });

  test('chat keeps hostile text as text, and late comers read what was written', async () => {
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1) ${7*7} {{7*7}}';
    const meeting = await bridge.meeting();
    const host = await visit(chromium, bridge.url(meeting, 'host'));
    await host.join('<svg onload=window.hacked=1>');
    await host.isIn();
    const guest = await visit(firefox, bridge.url(meeting));
    await guest.join('Bai');
    await guest.isIn();
    await host.say(hostile);
    // A name or a text that reads backwards is not what it seems.
    await host.say('invoice\u202Efdp.exe');
    await until('both are read', async () => (await guest.chat()).length === 2);
    const [first, second] = await guest.chat();
    expect(first).toBe(hostile);
    expect(second).not.toContain('\u202E');
    await guest.say('好的 👍');
    await until('three', async () => (await host.chat()).length === 3);

    const late = await visit(chromium, bridge.url(meeting));
    await late.join('Late');
    await late.isIn();
    expect(await late.frame.locator('#control-chat .count').count()).toBe(0);
    await until('history', async () => (await late.chat()).length === 3);
    expect((await late.chat())[0]).toBe(hostile);
    for (const one of [host, guest, late]) {
      expect(await one.page.evaluate(() => window.hacked)).toBeUndefined();
      expect(await one.frame.locator('.log img, .log script, .log a, .roster svg[onload]').count()).toBe(0);
      expect(one.complaints).toEqual([]);
    }
    await late.screen('chat-late-comer');
  });

  test('a host denies one and admits all others, and who is denied is told so', async () => {
    const meeting = await bridge.meeting({ lobby: 'on' });
    const host = await visit(chromium, bridge.url(meeting, 'host'));
    await host.join('Anna');
    await host.isIn();
    const guests = [];
    for (const name of ['Bai', 'Chen', 'Deng']) {
      const guest = await visit(chromium, bridge.url(meeting));
      await guest.join(name);
      await guest.waits();
      guests.push(guest);
    }
    const [bai, chen, deng] = guests;
    await host.frame.click('button[aria-label="Deny Chen"]');
    await chen.sees('text=You were not let in.');
    expect(await chen.text('.ladder .failed')).toContain('Admission');
    expect(await chen.frame.locator('.scores').count()).toBe(0);
    await host.frame.click('text=Admit all');
    await Promise.all([bai.isIn(), deng.isIn()]);
    await until('three are in', async () => (await host.people()).length === 3);
    expect(await host.frame.locator('.queue').count()).toBe(0);
  });

  test('a host removes one, locks, hands over, and ends for all', async () => {
    const meeting = await bridge.meeting();
    const host = await visit(chromium, bridge.url(meeting, 'host'));
    await host.join('Anna');
    await host.isIn();
    const [guest, other] = [await visit(firefox, bridge.url(meeting)), await visit(chromium, bridge.url(meeting))];
    await guest.join('Bai');
    await other.join('Chen');
    await Promise.all([guest.isIn(), other.isIn()]);
    await guest.control('Raise hand').click();
    await host.person('Bai').locator('.raised').waitFor();

    await host.frame.click('button[aria-label="Actions for Chen"]');
    await host.frame.click('.actions >> text=Remove');
    await host.frame.click('dialog .danger');
    await other.sees('.ended');
    expect(await other.text('.ended')).toContain('CW-');
    await until('two are left', async () => (await guest.people()).length === 2);

    await host.control('Host controls').click();
    await host.frame.click('[role=switch][aria-label="Lock the meeting"]');
    await guest.sees('.badge:has-text("Locked")');
    const late = await visit(chromium, bridge.url(meeting));
    await late.join('Late');
    await late.sees('.lobby, .ladder');
    await host.page.keyboard.press('Escape');

    await host.frame.click('button[aria-label="Actions for Bai"]');
    await host.frame.click('.actions >> text=Make host');
    await host.frame.click('dialog .primary, dialog .danger');
    await guest.sees('.control:has-text("Host controls")');
    await guest.control('Host controls').click();
    await guest.frame.click('dialog >> text=End for everybody');
    await guest.frame.click('dialog .danger');
    await Promise.all([host.sees('.ended'), guest.sees('.ended')]);
    await host.frame.click('.scores button >> nth=3');
    await host.sees('text=Thank you.');
  });
});
