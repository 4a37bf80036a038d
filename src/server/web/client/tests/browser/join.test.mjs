import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, copyOf, someone } from '../fake.mjs';
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

async function open(options, page) {
  fake = await bridge(options);
  fake.people = copyOf(options?.people ?? COMPANY);
  visit = await Visit.open(browser, fake, page);
  return visit.page;
}

const text = (page, selector) => page.locator(selector).innerText();

describe('joining', () => {
  test('goes from the link over the lobby into the meeting, with sound', async () => {
    const page = await open({ lobby: true });
    await page.waitForSelector('text=跨组织评审会');
    await page.waitForSelector('.level .lit');
    await visit.join();
    await page.waitForSelector('.lobby');
    expect(await text(page, '.lobby')).toContain('number 2 in line');
    await page.waitForSelector('text=The music is a sign');
    await until('the music is heard', async () => (await visit.sound()).here > 0.01);
    expect((await visit.sound()).there).toBeLessThan(1e-6);
    const [hello] = fake.said('hello');
    expect(hello).toMatchObject({ version: 1, token: 'good-token', name: 'Li Lei', lang: 'en', pin: null, seat: null });
    fake.letIn(fake.mine.id);
    await page.waitForSelector('.controls');
    await until('I am heard', async () => (await visit.sound()).there > 0.001);
    expect(await page.locator('.roster .person').count()).toBe(6);
    expect(visit.complaints).toEqual([]);
    expect(visit.foreign).toEqual([]);
    expect(await visit.context.cookies()).toEqual([]);
  });

  test('sends nothing of the microphone before the meeting, and sound in it', async () => {
    const page = await open({ lobby: true }, { script: () => {
      const add = RTCPeerConnection.prototype.addTransceiver;
      window.tracks = [];
      RTCPeerConnection.prototype.addTransceiver = function (...given) {
        const made = add.apply(this, given);
        if (given[0] === 'audio') window.tracks.push(made.sender);
        return made;
      };
    } });
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.lobby');
    const live = () => page.evaluate(() => window.tracks.some(({ track }) => track?.enabled));
    expect(await live()).toBe(false);
    fake.letIn(fake.mine.id);
    await page.waitForSelector('.controls');
    await until('the track goes live', live);
    await page.click('.control:has-text("Mute")');
    await until('the track is silent', async () => !(await live()));
  });

  test('asks for a PIN, says when it is wrong, and goes on by the same connection', async () => {
    const page = await open({ pin: '135790', pinAsked: false });
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('#pin');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('pin');
    await page.fill('#pin', '000000');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=That PIN is not right');
    await page.fill('#pin', '135790');
    await page.click('button[type=submit]');
    await page.waitForSelector('.controls');
    expect(fake.said('hello').map((one) => one.pin)).toEqual([null, '000000', '135790']);
  });

  test('names the link as the failing step, before anything is used up', async () => {
    const page = await open({ link: { code: 'CW-LINK-002', text: 'This link has expired. Ask the host for a new one.' } });
    await page.waitForSelector('text=You could not join');
    expect(await text(page, '.verdict')).toBe('This link does not work.');
    expect(await text(page, 'main')).toContain('CW-LINK-002');
    expect(fake.said('hello')).toEqual([]);
  });

  test('shows the reason where the bridge refuses at the door', async () => {
    const page = await open({ link: 'missing', refuse: { code: 'CW-CONF-003', text: 'The conference is locked. Ask the host.' } });
    await page.waitForSelector('#name');
    await visit.join();
    await page.waitForSelector('text=You were not let in.');
    expect(await text(page, '.ladder .failed')).toContain('Admission');
  });

  test('names the WebSocket as the failing step where only that is blocked, with the telephone', async () => {
    const page = await open({ sockets: false });
    await page.waitForSelector('#name');
    await visit.join();
    await page.waitForSelector('text=blocks the live connection');
    expect(await text(page, '.ladder .failed')).toContain('WebSocket');
    expect(await page.getAttribute('.phone-card a', 'href')).toBe('tel:+862112345678,,55501234%23');
  });

  test('a link without its token is told from the start', async () => {
    const page = await open({}, { token: '' });
    await page.waitForSelector('text=This link does not work.');
  });

  test('sound that is blocked leaves the meeting open and offers the telephone', async () => {
    const page = await open({ rtc: false });
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.trouble', { timeout: 25_000 });
    expect(await text(page, '.trouble')).toContain('The network blocks sound by UDP.');
    await page.click('.trouble .primary');
    expect(await text(page, 'dialog .ladder .failed')).toContain('Sound by UDP');
    await page.fill('dialog input[type=tel]', '13800138000');
    await page.click('dialog button:has-text("Call me")');
    await page.waitForSelector('text=13800138000 is ringing');
    expect(fake.said('call_me')[0]).toEqual({ type: 'call_me', number: '13800138000' });
  });

  test('tests the network, and gives the result to the bridge', async () => {
    const page = await open({});
    await page.waitForSelector('.verdict', { timeout: 15_000 });
    expect(await text(page, '.verdict')).toMatch(/good|not ideal/);
    await visit.join();
    await page.waitForSelector('.controls');
    const { test: found } = fake.said('hello')[0];
    expect(found.udp).toBe(true);
    expect(found.down_kbps).toBeGreaterThan(2000);
    expect(found.up_kbps).toBeGreaterThan(2000);
    expect(found.loss_permille).toBeLessThan(100);
  });

  test('without the doors of the test says so, and lets one join', async () => {
    const page = await open({ probe: false });
    await page.waitForSelector('text=could not be tested', { timeout: 15_000 });
    await visit.join();
    await page.waitForSelector('.controls');
    expect(fake.said('hello')[0].test).toBe(null);
  });
});

describe('in the meeting', () => {
  test('hostile text of chat and names stays text', async () => {
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1) \u202Egnp.exe';
    const page = await open({ people: [...copyOf(COMPANY), someone(9, '<b onmouseover=hacked=1>Eve</b>')] });
    await visit.join();
    await page.waitForSelector('.controls');
    fake.write(someone(9, '<svg onload=hacked=1>'), hostile);
    await page.waitForSelector('.control:has-text("Chat") .count');
    await page.click('.control:has-text("Chat")');
    expect(await text(page, '.log .text')).toBe(hostile);
    expect(await page.evaluate(() => window.hacked)).toBeUndefined();
    expect(await page.locator('.log img, .log script, .log a, .roster b').count()).toBe(0);
    expect(visit.complaints).toEqual([]);
  });

  test('chat: history is not unread, what comes is, Enter sends, Shift+Enter does not', async () => {
    const page = await open({ history: [{ id: 1, from: 1, name: '王晓明', text: 'earlier', at: '2020-01-01T00:00:00Z' }] });
    await visit.join();
    await page.waitForSelector('.controls');
    expect(await page.locator('.control .count').count()).toBe(0);
    fake.write(fake.people[0], 'now');
    await page.waitForSelector('.control:has-text("Chat") .count:has-text("1")');
    await page.click('.control:has-text("Chat")');
    expect(await page.locator('.log .text').allInnerTexts()).toEqual(['earlier', 'now']);
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.log .mine');
    expect(fake.said('chat')).toEqual([{ type: 'chat', text: 'one\ntwo' }]);
    expect(await page.locator('.control .count').count()).toBe(0);
  });

  test('who a host muted hears of it, and cannot unmute where that is forbidden', async () => {
    const page = await open({});
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.control:has-text("Mute")');
    const id = fake.mine.id;
    fake.rules.may_unmute = false;
    fake.all({ type: 'state', ...fake.rules });
    fake.change(id, { muted_by_host: true });
    await page.waitForSelector('.control:has-text("Muted by the host")');
    expect(await text(page, '[role=log]')).toContain('The host muted you.');
    fake.change(id, { muted_by_host: false });
    await page.waitForSelector('.control:has-text("Unmute")');
    await until('the bridge knows that I stay muted', () => fake.said('mute').some((one) => one.muted));
  });

  test('a host admits, mutes, removes, locks, calls out and ends', async () => {
    const page = await open({ role: 'host', people: [...copyOf(COMPANY), someone(20, 'Wei', { waiting: true }), someone(21, 'Zhao', { waiting: true })] });
    await visit.join();
    await page.waitForSelector('.queue');
    await page.click('button[aria-label="Admit Wei"]');
    await until('Wei is in', async () => (await page.locator('.queue .person').count()) === 1);
    await page.click('text=Admit all');
    await until('all are in', async () => (await page.locator('.queue').count()) === 0);
    await page.click('button[aria-label="Actions for Wei"]');
    await page.click('.actions >> text=Mute');
    await page.click('.actions >> text=Remove');
    await page.click('dialog .danger');
    await page.click('.control:has-text("Host controls")');
    await page.click('[role=switch]:has-text("Lock")');
    await page.waitForSelector('[role=switch][aria-checked=true]:has-text("Lock")');
    await page.fill('dialog input >> nth=0', 'sip:room@example.com');
    await page.click('dialog form button[type=submit]');
    await page.waitForSelector('text=sip:room@example.com is ringing');
    await page.fill('dialog textarea', 'https://zoom.us/j/85012345678 Passcode: 246813');
    await page.click('dialog >> text=Show the ways in');
    const ways = page.locator('dialog form:has(textarea) [role=status] button');
    await until('both ways are shown', async () => (await ways.count()) === 2);
    expect(await ways.nth(1).isDisabled()).toBe(true);
    await ways.nth(0).click();
    await page.waitForSelector('text=sip:85012345678.246813@zoomcrc.com is ringing');
    await page.click('dialog >> text=End for everybody');
    await page.click('dialog .danger');
    await page.waitForSelector('text=The meeting is over for you');
    expect(fake.said('host').map((one) => one.action.do)).toEqual(
      ['admit', 'admit_all', 'mute_participant', 'remove', 'lock', 'call_out', 'read_invitation', 'call_out', 'end_for_all'],
    );
  });

  test('leaving asks how it was', async () => {
    const page = await open({});
    await visit.join();
    await page.click('.control.leave');
    await page.click('.scores button >> nth=3');
    await page.waitForSelector('text=Thank you.');
    expect(await page.evaluate(() => document.activeElement.innerText)).toBe('Thank you.');
    expect(fake.heard.slice(-2)).toEqual([{ type: 'leave' }, { type: 'feedback', score: 4 }]);
  });

  test('who was never let in is told why, and is not asked how it was', async () => {
    const page = await open({ lobby: true });
    await visit.join();
    await page.waitForSelector('.lobby');
    fake.say(fake.mine, { type: 'ended', code: 'CW-CONF-004', text: 'The host did not let you in.', pin_needed: false });
    await page.waitForSelector('text=You were not let in.');
    expect(await text(page, 'main')).toContain('CW-CONF-004');
    expect(await text(page, '.ladder .failed')).toContain('Admission');
    expect(await page.locator('.scores').count()).toBe(0);
    await page.click('text=Try again');
    await visit.join();
    await page.click('text=Stop waiting');
    await page.waitForSelector('text=You left the meeting');
    expect(await page.locator('.scores').count()).toBe(0);
  });

  test('a text stays in its field until the bridge says it again', async () => {
    const page = await open({});
    await visit.join();
    await page.click('.control:has-text("Chat")');
    fake.mute_chat = true;
    await page.keyboard.type('hold me');
    await page.keyboard.press('Enter');
    await until('it is sent', () => fake.said('chat').length === 1);
    await page.waitForSelector('text=Sending');
    expect(await page.inputValue('#write')).toBe('hold me');
    fake.cut();
    await page.waitForSelector('text=Your text is kept');
    await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
    fake.mute_chat = false;
    fake.chatFails = { code: 'CW-WEB-010', text: 'Too many messages in a short time.', pin_needed: false };
    await page.click('button[aria-label=Send]');
    await page.waitForSelector('.toast:has-text("Too many messages")');
    expect(await page.inputValue('#write')).toBe('hold me');
    fake.chatFails = null;
    await page.click('button[aria-label=Send]');
    await until('it is there', async () => (await page.inputValue('#write')) === '');
    expect(await page.locator('.log .mine').count()).toBe(1);
  });

  test('a host lets guests have their telephone called, and all hear that the bridge will stop', async () => {
    const page = await open({ role: 'host' });
    await visit.join();
    await page.click('.control:has-text("Host controls")');
    await page.click('[role=switch]:has-text("phone called")');
    await page.waitForSelector('[role=switch][aria-checked=true]:has-text("phone called")');
    expect(fake.said('host')[0].action).toEqual({ do: 'allow_call_me', allowed: true });
    await page.keyboard.press('Escape');
    fake.rules.draining = true;
    fake.all({ type: 'state', ...fake.rules });
    await page.waitForSelector('.banner:has-text("to be restarted")');
    await page.click('header button');
    await page.waitForSelector('.banner:has-text("即将重启")');
    await until('the bridge knows the language', () => fake.said('lang').length === 1);
    expect(fake.said('lang')[0].lang).toBe('zh-CN');
  });

  test('who muted itself where unmuting is forbidden is told that it waits for the host', async () => {
    const page = await open({});
    await page.waitForSelector('.level');
    await visit.join();
    await page.waitForSelector('.control.live');
    fake.rules.may_unmute = false;
    fake.all({ type: 'state', ...fake.rules });
    await page.click('.control.live');
    await page.waitForSelector('.control[aria-disabled]:has-text("only the host unmutes")');
    fake.rules.may_unmute = true;
    fake.all({ type: 'state', ...fake.rules });
    await page.click('.control:has-text("Unmute")');
    await page.waitForSelector('.control.live');
  });

  test('everything is reached by the keyboard, and the focus is seen', async () => {
    const page = await open({ role: 'host' });
    await visit.join();
    await page.waitForSelector('.controls');
    const reached = new Set();
    for (let press = 0; press < 40; press += 1) {
      await page.keyboard.press('Tab');
      const on = await page.evaluate(() => {
        const is = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(is);
        return { name: is.getAttribute('aria-label') ?? is.innerText, seen: is === document.body || (outlineStyle !== 'none' && outlineWidth !== '0px') };
      });
      expect(on.seen, on.name).toBe(true);
      reached.add(on.name.trim());
    }
    for (const name of ['Mute', 'Raise hand', 'Chat', 'Sound', 'Host controls', 'Leave', 'Who can do what']) {
      expect([...reached].some((one) => one.includes(name)), `${name} in ${[...reached]}`).toBe(true);
    }
    await page.locator('.control:has-text("Sound")').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await until('the dialog is gone', async () => (await page.locator('dialog').count()) === 0);
    expect(await page.evaluate(() => document.activeElement.innerText)).toContain('Sound');
    await page.click('.panel-head button');
    expect(await page.evaluate(() => document.activeElement.id)).toBe('control-people');
    expect(await page.locator('.panel').count()).toBe(0);
  });
});

describe('after a break', () => {
  test('the seat is taken back with its secret, the mute stays, and the media starts again', async () => {
    const page = await open({});
    await page.waitForSelector('.level');
    await visit.join();
    await page.click('.control:has-text("Mute")');
    await page.waitForSelector('.control:has-text("Unmute")');
    await until('sound', async () => (await visit.sound()).here > 0.01);
    const { id } = fake.mine;
    const offers = fake.said('offer').length;
    fake.cut();
    await page.waitForSelector('text=Connecting again');
    await until('the hello of the seat', () => fake.said('hello').length === 2);
    expect(fake.said('hello')[1].seat).toEqual({ participant: id, secret: `secret-${id}` });
    await until('the banner goes', async () => (await page.locator('.banner').count()) === 0);
    await until('a restart of ICE', () => fake.said('offer').length > offers);
    const before = (await visit.sound()).here;
    await until('sound goes on', async () => (await visit.sound()).here > before + 0.01);
    expect(await page.locator('.control:has-text("Unmute")').count()).toBe(1);
    expect(await text(page, '[role=log]')).toContain('You are connected again.');
    expect(visit.complaints).toEqual([]);
  });

  test('a longer break is tried again and again, and given up when the seat is lost', async () => {
    const page = await open({}, { script: () => {
      const real = Date.now;
      window.later = 0;
      Date.now = () => real() + window.later;
    } });
    await visit.join();
    await page.waitForSelector('.controls');
    fake.sockets = false;
    fake.cut();
    await page.waitForSelector('text=Connecting again');
    await page.waitForTimeout(1500);
    expect(await page.locator('.controls').count()).toBe(1);
    await page.evaluate(() => { window.later = 31_000; });
    await page.waitForSelector('text=You lost the connection', { timeout: 15_000 });
    expect(await text(page, '.verdict')).toContain('your place was given up');
    await page.waitForSelector('button:has-text("Join again")');
    expect(await page.getAttribute('.phone-card a', 'href')).toContain('tel:');
  });

  test('what cannot be told to the bridge is not done, and said', async () => {
    const page = await open({ role: 'host' });
    await page.waitForSelector('.level');
    await visit.join();
    await page.click('.control.live');
    fake.sockets = false;
    fake.cut();
    await page.waitForSelector('text=Connecting again');
    await page.click('.control:has-text("Unmute")');
    await page.waitForSelector('.toast:has-text("Not done")');
    expect(await page.locator('.control.live').count()).toBe(0);
    await page.click('.control:has-text("Host controls")');
    await page.click('dialog >> text=Mute everybody');
    await until('it is said again', async () => (await page.locator('.toast:has-text("Not done")').count()) === 2);
  });

  test('a new estimate of the round trip is no change of network', async () => {
    const page = await open({});
    await visit.join();
    await until('sound', async () => (await visit.sound()).here > 0.01);
    const offers = fake.said('offer').length;
    await page.evaluate(() => navigator.connection.dispatchEvent(new Event('change')));
    await page.waitForTimeout(500);
    expect(fake.said('offer').length).toBe(offers);
  });

  test('a seat that is gone after a reload is said to be gone, with the way by telephone', async () => {
    const page = await open({});
    await visit.join();
    await page.waitForSelector('.controls');
    fake.seats.clear();
    await page.reload();
    await page.waitForSelector('text=You lost the connection');
    expect(await text(page, 'main')).not.toContain('This link does not work');
    expect(await page.getAttribute('.phone-card a', 'href')).toContain('tel:');
    await page.click('text=Join again');
    await page.waitForSelector('#name');
  });

  test('a reload keeps the seat; a copy of the tab finds none', async () => {
    const page = await open({});
    await page.waitForSelector('.level');
    await visit.join('Han Meimei');
    await page.waitForSelector('.controls');
    const { id } = fake.mine;
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.reload();
    await page.waitForSelector('.controls');
    expect(fake.said('hello')[1]).toMatchObject({ name: 'Han Meimei', seat: { participant: id } });
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(fake.people.filter((one) => one.name === 'Han Meimei').length).toBe(1);
  });

  test('a change of network is looked at once: a dead connection is replaced', async () => {
    const page = await open({});
    await visit.join();
    await page.waitForSelector('.controls');
    fake.mute_pongs = true;
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await until('a second hello', () => fake.said('hello').length === 2, 5_000);
  });
});
