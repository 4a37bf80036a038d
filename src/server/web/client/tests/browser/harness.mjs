// A browser with devices of its own making, a page, and the other end of its media.

import { chromium } from 'playwright-core';
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Fake } from '../fake.mjs';

const SCREENS = new URL('../screens/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Of three cameras: the second looks into the depth, and gives no picture that can be sent.
const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream=device-count=3',
  '--disable-features=WebRtcHideLocalIpsWithMdns', '--autoplay-policy=no-user-gesture-required',
];

/** `allow`: the question for the microphone is answered with yes by itself. */
export async function launch({ allow = true } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: allow ? [...ARGUMENTS, '--use-fake-ui-for-media-stream'] : ARGUMENTS,
  });
}

export async function bridge(options) {
  return new Fake(options).start();
}

/** The bridge's end of the media, in a page of its own so that leaving or reloading does not end it. */
function farEnd() {
  const ends = new Map();
  /** A picture of eight tiles, in which something moves. */
  function bars() {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    let beat = 0;
    setInterval(() => {
      beat += 1;
      for (let tile = 0; tile < 8; tile += 1) {
        context.fillStyle = `hsl(${tile * 45} 45% 40%)`;
        if (tile === 0) context.fillRect(91, 0, 1097, 617);
        else context.fillRect((tile - 1) * 183, 617, 181, 103);
      }
      context.fillStyle = 'white';
      context.fillRect(200 + ((beat * 8) % 800), 250, 60, 60);
    }, 50);
    const [track] = canvas.captureStream(20).getVideoTracks();
    // Its full size from the beginning, as the bridge sends it.
    track.contentHint = 'detail';
    return track;
  }
  /** One colour, by its number, and something that moves. */
  function plain(number) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    let beat = 0;
    setInterval(() => {
      beat += 1;
      context.fillStyle = ['#902020', '#206090', '#208040'][number % 3];
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = 'white';
      context.fillRect((beat * 8) % 600, 160, 40, 40);
    }, 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  }
  /** Sizes and pictures of the camera, as they arrive. */
  window.seen = async () => {
    const report = await window.lastEnd?.getStats();
    const found = [...(report?.values() ?? [])].find((one) => one.type === 'inbound-rtp' && one.kind === 'video' && one.framesDecoded);
    return { frames: found?.framesDecoded ?? 0, width: found?.frameWidth ?? 0, height: found?.frameHeight ?? 0 };
  };
  const fingerprint = (sdp) => /a=fingerprint:\S+ (\S+)/.exec(sdp)?.[1];
  window.farEnd = async (sdp, probe) => {
    const key = fingerprint(sdp);
    let end = ends.get(key);
    if (!end) {
      end = new RTCPeerConnection();
      ends.set(key, end);
      end.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data); };
      if (!probe) {
        const audio = new AudioContext();
        const tone = audio.createOscillator();
        const out = audio.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        end.addTrack(out.stream.getAudioTracks()[0], out.stream);
        end.ontrack = ({ track }) => { void Object.assign(document.createElement(track.kind), { srcObject: new MediaStream([track]), muted: track.kind === 'video' }).play(); };
      }
    }
    window.lastEnd = end;
    window.heardEnergy = async () => {
      const report = await end.getStats();
      return [...report.values()].find((one) => one.type === 'inbound-rtp' && one.kind === 'audio')?.totalAudioEnergy ?? 0;
    };
    await end.setRemoteDescription({ type: 'offer', sdp });
    // The third line is that of the picture.
    const picture = end.getTransceivers()[2];
    if (picture && !probe) {
      picture.direction = 'sendonly';
      if (!picture.sender.track) await picture.sender.replaceTrack(bars());
    }
    // Those after it are for tiles.
    for (const [at, tile] of end.getTransceivers().slice(3).entries()) {
      tile.direction = 'sendonly';
      if (!tile.sender.track) await tile.sender.replaceTrack(plain(at));
    }
    await end.setLocalDescription();
    if (end.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        end.onicegatheringstatechange = () => end.iceGatheringState === 'complete' && resolve();
        setTimeout(resolve, 2000);
      });
    }
    return end.localDescription.sdp;
  };
}

export class Visit {
  static async open(browser, fake, options = {}) {
    const visit = new Visit();
    const { locale = 'en-US', theme = 'light', size = { width: 1280, height: 800 }, userAgent, path } = options;
    visit.fake = fake;
    visit.context = await browser.newContext({
      locale, colorScheme: theme, viewport: size, ...(userAgent ? { userAgent } : {}), ...options.context,
    });
    const far = await visit.context.newPage();
    await far.goto('about:blank');
    await far.evaluate(`(${farEnd})()`);
    // A test that ends while an offer is under way closes the far page first.
    const farEndOf = (probe) => (sdp) => far.evaluate(([offer, is]) => window.farEnd(offer, is), [sdp, probe]).catch(() => null);
    fake.answer = async (sdp) => fake.answered(await farEndOf(false)(sdp));
    fake.probeAnswer = farEndOf(true);
    visit.far = far;
    visit.page = await visit.context.newPage();
    await visit.page.addInitScript(() => {
      const Real = window.RTCPeerConnection;
      window.made = [];
      if (Real) window.RTCPeerConnection = function (...given) {
        const connection = new Real(...given);
        window.made.push(connection);
        return connection;
      };
      if (Real) window.RTCPeerConnection.prototype = Real.prototype;
    });
    visit.complaints = [];
    visit.foreign = [];
    visit.page.on('pageerror', (error) => visit.complaints.push(String(error)));
    visit.page.on('console', (message) => {
      const expected = /WebSocket connection to|Failed to load resource/.test(message.text());
      if (message.type() === 'error' && !expected) visit.complaints.push(message.text());
    });
    visit.page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol !== 'blob:' && !['127.0.0.1', 'localhost'].includes(hostname)) visit.foreign.push(request.url());
    });
    // A camera costs more than all else; most of what is tested needs none.
    if (!options.camera) await visit.page.addInitScript(() => { try { localStorage['causeway.camera'] ??= '{"on":false,"device":""}'; } catch { /* A frame without storage. */ } });
    if (options.script) await visit.page.addInitScript(options.script);
    await visit.page.goto(path ?? fake.url(options.token));
    return visit;
  }

  async join(name = 'Li Lei') {
    await this.page.fill('#name', name);
    await this.page.click('button[type=submit]');
  }

  /** Energy of the sound that was played here, and that arrived at the far end. */
  async sound() {
    const here = await this.page.evaluate(async () => {
      const reports = await Promise.all(window.made.map((one) => one.getStats()));
      return Math.max(0, ...reports.flatMap((report) => [...report.values()].map((one) => (one.type === 'inbound-rtp' && one.totalAudioEnergy) || 0)));
    });
    return { here, there: await this.far.evaluate(() => window.heardEnergy()) };
  }

  /** What arrives of the camera at the far end, and which directions the lines have. */
  async camera() {
    return this.far.evaluate(() => window.seen());
  }

  lines() {
    return this.page.evaluate(() => window.made.filter((one) => one.getTransceivers().length > 0).pop()?.getTransceivers().map((one) => one.currentDirection));
  }

  /** Rules that the page breaks, by axe. */
  async axe() {
    await this.page.evaluate(AXE);
    const violations = await this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const found = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
      return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`);
    });
    return violations;
  }

  async screen(name) {
    mkdirSync(SCREENS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENS}${name}.png` });
  }

  /** Wider than the window: something sticks out. */
  async overflow() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  async close() {
    await this.context.close();
  }
}

export async function until(what, holds, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
