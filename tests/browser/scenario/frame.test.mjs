// Inside another page, as a tab of Teams is: only where the configuration names that page.

import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium, launchFirefox } from '../harness/browser.mjs';
import { until } from '../harness/process.mjs';
import { AUDIBLE_DB, TONES } from '../harness/sound.mjs';
import { Visit } from '../harness/visit.mjs';

const TEAMS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0 Teams/25290.205.4069.4894/49';

let [chromium, firefox, bridge, around, meeting] = [];
let open = [];

beforeAll(async () => {
  around = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://x');
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Frame</title><style>body{margin:0}iframe{border:0;width:100vw;height:100vh}</style>
      <iframe title="app" allow="${searchParams.get('allow')}" src="${searchParams.get('src')}"></iframe>`);
  });
  await new Promise((resolve) => around.listen(0, 'localhost', resolve));
  [chromium, firefox, bridge] = await Promise.all([
    launchChromium({ tone: TONES.anna }), launchFirefox({ tone: TONES.bai }),
    Bridge.start({ prefix: '/bridge', ancestors: [`http://localhost:${around.address().port}`] }),
  ]);
  meeting = await bridge.meeting();
});
afterAll(async () => {
  around.close();
  await Promise.all([chromium?.close(), firefox?.close(), bridge?.stop()]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function framed(browser, { allow = 'microphone; camera; autoplay', host = 'localhost', ...options } = {}) {
  const src = encodeURIComponent(bridge.url(meeting));
  const visit = await Visit.open(browser, `http://${host}:${around.address().port}/?allow=${encodeURIComponent(allow)}&src=${src}`, options);
  open.push(visit);
  visit.inside = await until('the frame', () => visit.page.frames()[1]);
  return visit;
}

describe('in a frame', () => {
  test('as in Teams a meeting goes on, in the narrow side panel too', async () => {
    const other = await Visit.open(firefox, bridge.url(meeting, 'host'));
    open.push(other);
    await other.join('Bai');
    await other.isIn();
    const visit = await framed(chromium, { userAgent: TEAMS, size: { width: 320, height: 700 } });
    await visit.join('Anna');
    await visit.isIn();
    await until('the other is heard', async () => (await visit.hear([TONES.bai]))[0] > AUDIBLE_DB, 40_000);
    await until('I am heard', async () => (await other.hear([TONES.anna]))[0] > AUDIBLE_DB, 40_000);
    expect(await visit.inside.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await visit.screen('teams-frame-320');
  });

  test('that allows no microphone the way out is the browser', async () => {
    const visit = await framed(chromium, { allow: '', userAgent: TEAMS });
    await visit.inside.waitForSelector('.note.warn');
    expect(await visit.text('.note.warn')).toContain('App permissions');
    expect(await visit.inside.locator('a:has-text("Open in the browser")').getAttribute('target')).toBe('_blank');
    await visit.screen('teams-frame-no-microphone');
  });

  test('of somebody else the page stays empty', async () => {
    for (const browser of [chromium, firefox]) {
      const visit = await framed(browser, { host: '127.0.0.1' });
      await until('the refusal', () => visit.complaints.join().includes('frame-ancestors'));
      expect(await visit.inside.locator('#name').count()).toBe(0);
    }
  });
});
