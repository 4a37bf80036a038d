// A person with a browser: opens a link, joins, hears, acts.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { filmOf, look, pointsOf, tiles } from './film.mjs';
import { until } from './process.mjs';
import { levelOf } from './sound.mjs';

const SCREENS = new URL('../screens/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export class Visit {
  static async open(browser, url, { locale = 'en-US', theme = 'light', size = { width: 1280, height: 800 }, userAgent, script, camera = false } = {}) {
    const visit = new Visit();
    visit.context = await browser.newContext({
      locale, colorScheme: theme, viewport: size, ignoreHTTPSErrors: true, ...(userAgent ? { userAgent } : {}),
    });
    visit.page = await visit.context.newPage();
    visit.watch(url);
    await visit.page.addInitScript(witness);
    if (!camera) await visit.page.addInitScript(withoutCamera);
    if (script) await visit.page.addInitScript(script);
    await visit.page.goto(url);
    return visit;
  }

  /** What must not happen: errors, and requests to another place. */
  watch(url) {
    const home = new URL(url).host;
    this.complaints = [];
    this.foreign = [];
    this.page.on('pageerror', (error) => this.complaints.push(String(error)));
    this.page.on('console', (message) => {
      // A connection that breaks, and an answer that is a refusal, are written there by the browser.
      const expected = /WebSocket|Failed to load resource|can.t establish a connection/.test(message.text());
      if (message.type() === 'error' && !expected) this.complaints.push(message.text());
    });
    this.page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      if (/^https?:/.test(protocol) && host !== home) this.foreign.push(request.url());
    });
  }

  /** Where the meeting is: the page, or a frame in it. */
  get frame() {
    return this.inside ?? this.page;
  }

  async ready() {
    await this.frame.waitForSelector('#name');
    await until('the microphone is open', async () => (await this.frame.locator('.level, .note.warn').count()) > 0);
  }

  async join(name, { pin } = {}) {
    await this.ready();
    await this.frame.fill('#name', name);
    if (pin !== undefined) {
      if (!(await this.frame.locator('#pin').count())) await this.press();
      await this.frame.waitForSelector('#pin');
      await this.frame.fill('#pin', pin);
    }
    await this.press();
  }

  press() {
    return this.frame.click('button[type=submit]');
  }

  async waits() {
    await this.sees('.lobby');
  }

  /** In the meeting, and connected. */
  async isIn() {
    await this.sees('.controls');
    await until('media', async () => (await this.route())?.state === 'connected', 40_000);
  }

  /** Waits for something on the page; what the page shows instead is told. */
  async sees(selector, timeout = 30_000) {
    try {
      await this.frame.waitForSelector(selector, { timeout });
    } catch {
      throw new Error(`no ${selector}; the page says:\n${await this.text('body')}`);
    }
  }

  text(selector) {
    return this.frame.locator(selector).innerText();
  }

  /** The names of who is here. */
  async people() {
    if (!(await this.frame.locator('.roster').count())) await this.frame.click('#control-people');
    return this.frame.locator('section[aria-labelledby=here] .roster .name').allInnerTexts();
  }

  /** A row of the list. */
  person(name) {
    return this.frame.locator('.roster .person', { hasText: name });
  }

  control(label) {
    return this.frame.locator(`.control:has-text("${label}")`);
  }

  async say(text) {
    if (!(await this.frame.locator('#write').count())) await this.frame.click('#control-chat');
    await this.frame.fill('#write', text);
    await this.frame.press('#write', 'Enter');
  }

  async chat() {
    if (!(await this.frame.locator('.log').count())) await this.frame.click('#control-chat');
    return this.frame.locator('.log .text').allInnerTexts();
  }

  /** How loud frequencies are in what is heard, in dB of full scale. */
  async hear(tones, ms = 1_500) {
    const inner = this.inside ?? this.page;
    return inner.evaluate(`(${hear})(${JSON.stringify(tones)}, ${ms}, ${levelOf})`);
  }

  /** Colours of points of the picture that is shown, as parts of its width and height. */
  look(points) {
    return (this.inside ?? this.page).evaluate(`(${look})(${JSON.stringify(points)})`);
  }

  /** Whose film is shown at places of the picture. */
  async films(places) {
    const colours = await this.look(places.flatMap(pointsOf));
    return places.map((_, at) => (colours ? filmOf(colours.slice(at * 4, at * 4 + 4)) : null));
  }

  /** The tiles that the page puts together by itself. */
  tiles() {
    return (this.inside ?? this.page).evaluate(`(${tiles})()`);
  }

  /** Of the picture that arrives: codec, size, and what was decoded so far. */
  arriving() {
    return (this.inside ?? this.page).evaluate(`(${arriving})()`);
  }

  /** By which candidates the media goes. */
  async route() {
    return (this.inside ?? this.page).evaluate(`(${route})()`);
  }

  /** Rules that the page breaks, by axe. */
  async axe() {
    await this.page.evaluate(AXE);
    return this.page.evaluate(async (values) => {
      const found = await window.axe.run(document, { runOnly: { type: 'tag', values } });
      return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`);
    }, RULES);
  }

  /** Wider than the window: something sticks out. */
  overflow() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  async screen(name) {
    mkdirSync(SCREENS, { recursive: true });
    const before = this.complaints.length;
    await this.page.screenshot({ path: `${SCREENS}${name}.png` });
    // In Firefox the driver hides the caret by a style, which the policy of the page refuses.
    this.complaints.length = before;
  }

  async close() {
    await this.context.close();
  }
}

/** In the page, before its own script: keeps connections and what was said by the WebSocket. */
function witness() {
  window.witness = { peers: [], sockets: [], heard: [] };
  const { RTCPeerConnection: Peer, WebSocket: Socket } = window;
  if (Peer) {
    window.RTCPeerConnection = class extends Peer {
      constructor(...given) {
        super(...given);
        window.witness.peers.push(this);
      }
    };
  }
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      window.witness.sockets.push(this);
      this.addEventListener('message', ({ data }) => window.witness.heard.push(JSON.parse(data)));
    }
  };
}

/** In the page: a camera costs more than all else, and most scenarios need none. */
function withoutCamera() {
  try {
    localStorage['causeway.camera'] ??= '{"on":false,"device":""}';
  } catch {
    // A frame of another site has no storage.
  }
}

/** In the page: the video that the latest connection decodes. */
async function arriving() {
  const peer = window.witness.peers.filter((one) => one.getReceivers().length > 0 && one.connectionState !== 'closed').pop();
  const entries = new Map([...((await peer?.getStats())?.values() ?? [])].map((one) => [one.id, one]));
  const video = [...entries.values()].find((one) => one.type === 'inbound-rtp' && one.kind === 'video' && one.framesDecoded > 0);
  if (!video) return null;
  return {
    codec: entries.get(video.codecId)?.mimeType.replace('video/', '') ?? null,
    width: video.frameWidth, height: video.frameHeight, frames: video.framesDecoded,
  };
}

/** In the page: records what arrives, and looks for tones in it. */
async function hear(tones, ms, levelOf) {
  const peer = window.witness.peers.filter((one) => one.getReceivers().length > 0 && one.connectionState !== 'closed').pop();
  if (!peer) return tones.map(() => -180);
  const recorder = new MediaRecorder(new MediaStream([peer.getReceivers()[0].track]));
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, ms));
  recorder.stop();
  await stopped;
  const recording = await new Blob(parts).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(recording);
  return tones.map((hertz) => levelOf(sound.getChannelData(0), sound.sampleRate, hertz));
}

/** In the page: the pair of candidates of the latest connection with sound. */
async function route() {
  const peer = window.witness.peers.filter((one) => one.getReceivers().length > 0 && one.connectionState !== 'closed').pop();
  if (!peer) return null;
  const entries = new Map([...(await peer.getStats()).values()].map((one) => [one.id, one]));
  const chosen = [...entries.values()].find((one) => one.type === 'transport')?.selectedCandidatePairId;
  const pair = entries.get(chosen) ?? [...entries.values()].find((one) => one.selected);
  const local = entries.get(pair?.localCandidateId);
  return {
    state: peer.connectionState,
    kind: local?.candidateType ?? null,
    protocol: local?.protocol ?? null,
    relay: local?.relayProtocol ?? null,
    port: local?.port ?? null,
  };
}
