// How long it takes from the click on "Join" to hearing and seeing somebody, by stage, and how much the page
// weighs: a JSON object on one line. Fails above what was promised.
//
//   npm run bench            # ROUNDS=20 for more of them
//
// Firefox speaks an unbroken tone and has a camera, Chromium joins again and again. Times are in milliseconds since
// the click; everything runs on one machine by the loopback interface.

import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { until } from '../harness/process.mjs';
import { Visit } from '../harness/visit.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 10);
const MOST_MS = 800;
const MOST_BYTES = 150_000;

const STAGES = ['socket', 'welcome', 'offer', 'answer', 'ice', 'dtls', 'heard', 'seen'];

/** In the page, before its own script. */
function stopwatch() {
  window.stages = {};
  let click = 0;
  const mark = (stage) => { window.stages[stage] ??= performance.now() - click; };
  document.addEventListener('submit', () => { click = performance.now(); window.stages = {}; }, true);
  const { RTCPeerConnection: Peer, WebSocket: Socket } = window;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      this.addEventListener('open', () => mark('socket'));
      this.addEventListener('message', ({ data }) => {
        const { type } = JSON.parse(data);
        if (type === 'welcome' || type === 'answer') mark(type);
      });
    }

    send(data) {
      if (JSON.parse(data).type === 'offer') mark('offer');
      super.send(data);
    }
  };
  window.RTCPeerConnection = class extends Peer {
    constructor(...given) {
      super(...given);
      this.addEventListener('iceconnectionstatechange', () => { if (this.iceConnectionState === 'connected') mark('ice'); });
      this.addEventListener('connectionstatechange', () => { if (this.connectionState === 'connected') mark('dtls'); });
      this.addEventListener('track', ({ track }) => void (track.kind === 'audio' ? listen(track) : watch(track)));
    }
  };
  async function watch(track) {
    const { value } = await new MediaStreamTrackProcessor({ track }).readable.getReader().read();
    value?.close();
    mark('seen');
  }
  async function listen(track) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      value.close();
      if (samples.some((sample) => Math.abs(sample) > 0.01)) {
        mark('heard');
        return;
      }
    }
  }
}

async function round(chromium, url) {
  const visit = await Visit.open(chromium, url, { script: stopwatch });
  await visit.ready();
  // The test before joining has the line for itself; people read the page meanwhile.
  await visit.frame.waitForSelector('.verdict', { timeout: 20_000 });
  await visit.join('Anna');
  await until('somebody is heard and seen', () => visit.page.evaluate(() => window.stages.heard && window.stages.seen), 20_000);
  const stages = await visit.page.evaluate(() => window.stages);
  const bytes = await visit.page.evaluate(() => performance.getEntries()
    .filter((one) => one.entryType === 'navigation' || /\/assets\//.test(one.name))
    .reduce((sum, one) => sum + one.transferSize, 0));
  await visit.close();
  return { stages, bytes };
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)]), worst: Math.round(sorted[sorted.length - 1]) };
}

const [chromium, firefox, bridge] = await Promise.all([launchChromium(), launchFirefox(), Bridge.start()]);
try {
  const meeting = await bridge.meeting();
  const talker = await Visit.open(firefox, bridge.url(meeting, 'host'), { camera: true });
  await talker.join('Bai');
  await talker.isIn();
  const rounds = [];
  const url = bridge.url(meeting);
  for (let at = 0; at < ROUNDS; at += 1) rounds.push(await round(chromium, url));
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, summary(rounds.map((one) => one.stages[stage]))]));
  const bytes = Math.max(...rounds.map((one) => one.bytes));
  console.log(JSON.stringify({ case: 'click-to-hearing', rounds: ROUNDS, stages, first_load_bytes: bytes }));
  process.exitCode = stages.heard.median > MOST_MS || stages.seen.median > MOST_MS || bytes > MOST_BYTES ? 1 : 0;
} finally {
  await Promise.all([chromium.close(), firefox.close(), bridge.stop()]);
}
