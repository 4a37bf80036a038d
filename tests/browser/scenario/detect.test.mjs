// What is wrong with somebody's picture or sound is told to those who operate the bridge and to those in
// the meeting, while it lasts and not after.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium } from '../harness/browser.mjs';
import { COLOURS } from '../harness/film.mjs';
import { until } from '../harness/process.mjs';
import { Visit } from '../harness/visit.mjs';

/** What a bridge that was built for tests has time for beside the browsers. */
const small = (browsers) => `[video]\nlargest = "360p"\nframe_rate = 15\nbrowsers = "${browsers}"\n`;
/** A silent microphone is told of after a minute, everything else sooner. */
const PATIENCE = 90_000;

let browser;
let open = [];

beforeAll(async () => { browser = await launchChromium({ film: COLOURS.red }); });
afterAll(async () => { await browser?.close(); });
afterEach(async () => {
  await Promise.all(open.map((one) => (one instanceof Bridge ? one.stop() : one.close())));
  open = [];
});

/** In the page: a camera and a microphone of the test. `scene`: what is before the camera; `talks`: the
 *  microphone gives a sound; `echoes(gain)`: what is heard comes back. */
const devices = () => {
  window.scene = 'fine';
  window.talks = false;
  const [width, height] = [640, 360];
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const paint = canvas.getContext('2d');
  let at = 0;
  const grounds = { fine: 'rgb(60 130 180)', frozen: 'rgb(60 130 180)', low_light: 'rgb(18 18 22)', black: 'rgb(0 0 0)' };
  setInterval(() => {
    if (window.scene !== 'frozen') at = (at + 1) % 20;
    paint.fillStyle = grounds[window.scene];
    paint.fillRect(0, 0, width, height);
    if (window.scene === 'black') return;
    paint.fillStyle = window.scene === 'low_light' ? 'rgb(70 70 70)' : 'rgb(250 250 250)';
    paint.fillRect(at * 28, 120, 100, 100);
  }, 100);
  const sound = new AudioContext();
  const [tone, voice, out] = [sound.createOscillator(), sound.createGain(), sound.createMediaStreamDestination()];
  tone.frequency.value = 500;
  voice.gain.value = 0;
  tone.connect(voice).connect(out);
  tone.start();
  const [later, back] = [sound.createDelay(1), sound.createGain()];
  later.delayTime.value = 0.05;
  back.gain.value = 0;
  later.connect(back).connect(out);
  window.echoes = (gain) => { back.gain.value = gain; };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...how) {
      super(...how);
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') sound.createMediaStreamSource(new MediaStream([track])).connect(later);
      });
    }
  };
  // What sounds for ever is taken for noise.
  setInterval(() => { voice.gain.value = window.talks && Date.now() % 900 < 600 ? 0.3 : 0; }, 50);
  navigator.mediaDevices.getUserMedia = async (asked) => new MediaStream([
    ...(asked.audio ? [out.stream.getAudioTracks()[0].clone()] : []),
    ...(asked.video ? [canvas.captureStream(10).getVideoTracks()[0]] : []),
  ]);
};

/** A host who looks, and a guest with devices of the test; what the API and the host's page tell of the guest. */
async function meet(browsers) {
  const bridge = await Bridge.start({ more: small(browsers) });
  open.push(bridge);
  const meeting = await bridge.meeting();
  const host = await Visit.open(browser, bridge.url(meeting, 'host'), { camera: true });
  open.push(host);
  await host.sees('.preview video');
  await host.join('Anna');
  await host.isIn();
  const guest = await Visit.open(browser, bridge.url(meeting), { camera: true, script: devices });
  open.push(guest);
  await guest.sees('.preview video');
  await guest.join('Bai');
  await guest.isIn();
  await host.people();

  const api = async () => (await bridge.api('GET', `meetings/${meeting.id}/participants`)).items.find((one) => one.display_name === 'Bai');
  const tells = (words) => host.sees(`.roster .person:has-text("Bai") .marks[title*="${words}"]`, PATIENCE);
  const is = async (scene, sight, words) => {
    await guest.page.evaluate((scene) => { window.scene = scene; }, scene);
    await until(`the picture is ${sight}`, async () => (await api())?.video?.sight === sight, PATIENCE);
    await tells(words);
  };
  return { bridge, host, guest, api, tells, is };
}

test('who is only passed on is looked at now and then: black, standing still, and neither', async () => {
  const { bridge, host, guest, is } = await meet('forwarded');
  await until('tiles', async () => (await host.tiles()).some(({ name }) => name === 'Bai'), PATIENCE);
  for (const [scene, sight, words] of [
    ['black', 'black', 'picture is black'],
    ['fine', 'fine', 'camera on'],
    ['frozen', 'frozen', 'picture stands still'],
    ['fine', 'fine', 'camera on'],
  ]) await is(scene, sight, words);
  expect((await host.tiles()).map(({ name }) => name)).toContain('Bai');
  const { text } = await bridge.ask('GET', '/metrics');
  expect(text).toContain('causeway_screens{pictures="forwarded"} 2');
  expect([...host.complaints, ...guest.complaints]).toEqual([]);
}, 5 * PATIENCE);

test('a picture that is black, stands still or is dark, a microphone without a sound, and one that echoes', async () => {
  const { host, guest, api, tells, is } = await meet('composed');
  await is('fine', 'fine', 'camera on');
  for (const [scene, sight, words, mine] of [
    ['black', 'black', 'picture is black', 'Your picture is black'],
    ['low_light', 'low-light', 'picture is dark', 'Your picture is very dark'],
    ['frozen', 'frozen', 'picture stands still', 'Your picture does not move'],
  ]) {
    await is(scene, sight, words);
    await guest.sees(`.banner:has-text("${mine}")`);
    await is('fine', 'fine', 'camera on');
    await until('the banner goes', async () => (await guest.frame.locator('.banner').count()) === 0);
  }

  await until('the microphone is silent', async () => (await api())?.sound === 'silent', PATIENCE);
  await tells('no sound from this microphone');
  await guest.page.evaluate(() => { window.talks = true; });
  await until('it gives a sound', async () => (await api())?.sound === 'fine');
  await until('that is told', async () => !(await host.frame.locator('.roster .person:has-text("Bai") .marks').getAttribute('title')).includes('no sound'));

  // Its loudspeaker is in its microphone, while the host speaks.
  await guest.page.evaluate(() => { window.talks = false; window.echoes(1); });
  await until('it echoes', async () => (await api())?.sound === 'echoing', PATIENCE);
  await tells('echo');
  await guest.page.evaluate(() => window.echoes(0));
  await until('it does not echo', async () => (await api())?.sound === 'fine', PATIENCE);
  expect(guest.complaints).toEqual([]);
}, 4 * PATIENCE);
