// Links that let nobody in, each with its reason and the next step, in both languages; and links
// that do, as often as they say.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../harness/bridge.mjs';
import { launchChromium } from '../harness/browser.mjs';
import { until } from '../harness/process.mjs';
import { Visit } from '../harness/visit.mjs';

let [chromium, bridge, meeting] = [];

beforeAll(async () => {
  [chromium, bridge] = await Promise.all([launchChromium(), Bridge.start()]);
  meeting = await bridge.meeting();
});
afterAll(async () => {
  await Promise.all([chromium?.close(), bridge?.stop()]);
});

/** Links count in whole seconds. */
const inSeconds = (seconds) => new Date((Math.ceil(Date.now() / 1000) + seconds) * 1000).toISOString();

async function refused(url, locale = 'en-US') {
  const visit = await Visit.open(chromium, url, { locale });
  await visit.sees('.ladder');
  const seen = {
    verdict: await visit.text('.verdict.fail'),
    failing: await visit.text('.ladder .failed'),
    code: /CW-[A-Z]+-\d+/.exec(await visit.text('main'))?.[0],
    reason: await visit.text('[role=alert]'),
  };
  expect(visit.complaints).toEqual([]);
  return { visit, seen };
}

describe('a link', () => {
  test.each([['en-US', /Link/, /ask|host|new/i], ['zh-CN', /链接/, /主持人|联系|重新/]])('that was revoked says so (%s)', async (locale, rung, next) => {
    const link = await bridge.link(meeting);
    await bridge.api('DELETE', `meetings/${meeting.id}/links/${link.id}`);
    const { visit, seen } = await refused(link.url, locale);
    expect(seen.failing).toMatch(rung);
    expect(seen.reason).toMatch(next);
    expect(seen.code).toMatch(/^CW-LINK-/);
    await visit.screen(`link-revoked-${locale.slice(0, 2)}`);
    await visit.close();
  });

  test('that expired, or is not valid yet, says so', async () => {
    const codes = [];
    for (const draft of [{ expires_at: inSeconds(1) }, { not_before: inSeconds(3600) }]) {
      const link = await bridge.link(meeting, draft);
      if (draft.expires_at) await until('it expires', () => Date.now() > Date.parse(draft.expires_at) + 500);
      const { visit, seen } = await refused(link.url);
      codes.push(seen.code);
      await visit.close();
    }
    expect(new Set(codes).size).toBe(2);
  });

  test('is used up by joining, not by loading', async () => {
    const link = await bridge.link(meeting, { uses: 1 });
    for (let load = 0; load < 3; load += 1) {
      const visit = await Visit.open(chromium, link.url);
      await visit.ready();
      await visit.close();
    }
    const first = await Visit.open(chromium, link.url);
    await first.join('Anna');
    await first.isIn();
    const { visit, seen } = await refused(link.url);
    expect(seen.code).toMatch(/^CW-LINK-/);
    await visit.close();
    // Who was in comes back by the seat, not by the link.
    await first.page.reload();
    await first.isIn();
    await first.close();
  });

  test('that was spoilt, cut off, or of a meeting that ended lets nobody in', async () => {
    const over = await bridge.meeting();
    const good = bridge.url(meeting);
    const dead = bridge.url(over);
    await bridge.api('POST', `meetings/${over.id}/end`);
    for (const url of [good.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), good.replace(/#.*/, ''), dead]) {
      const { visit, seen } = await refused(url);
      expect(seen.failing).toContain('Link');
      await visit.close();
    }
  });

  test('shows neither in what the bridge logs nor in an address that is sent', async () => {
    const link = await bridge.link(meeting);
    const token = new URL(link.url).hash.slice(1);
    const visit = await Visit.open(chromium, link.url);
    const sent = [];
    visit.page.on('request', (request) => sent.push(request.url(), request.headers().referer ?? ''));
    await visit.join('Anna');
    await visit.isIn();
    expect(sent.filter((one) => one.includes(token))).toEqual([]);
    expect(bridge.process.said).not.toContain(token);
    expect(bridge.process.said).not.toContain('Anna');
    await visit.close();
  });
});
