// The meeting as somebody sees it, for hosts.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CAMERA, COMPANY, copyOf } from '../fake.mjs';
import { bridge, launch, until, Visit } from './harness.mjs';

/** Two by one pixels: red and blue. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==', 'base64');

let browser;
let fake;
let visit;

beforeAll(async () => { browser = await launch(); });
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  await visit?.close();
  await fake?.stop();
});

async function inside(role, options = {}) {
  fake = await bridge({ role, ...options });
  fake.people = copyOf(COMPANY);
  fake.people[0].camera = CAMERA;
  visit = await Visit.open(browser, fake);
  await visit.page.waitForSelector('.level');
  await visit.join();
  await visit.page.waitForSelector('.picture');
  return visit.page;
}

const painted = (page) => page.evaluate(() => {
  const canvas = document.querySelector('.look canvas');
  if (!canvas || canvas.hidden) return null;
  const { data } = canvas.getContext('2d').getImageData(0, 0, 2, 1);
  return [canvas.width, canvas.height, data[0] > 200, data[6] > 200];
});

test('is asked for while the dialog is open, by keys too, and not after', async () => {
  const page = await inside('host', { look: PNG });
  await page.click('button[aria-label="Actions for 3F 会议室"]');
  await page.focus('.actions >> text=See what they see');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog:has-text("What 3F 会议室 sees")');
  await until('it is painted', async () => (await painted(page))?.join() === '2,1,true,true');
  expect(await page.locator('.look canvas').getAttribute('aria-label')).toBe('The meeting as 3F 会议室 sees it now');
  await until('it is asked again', () => fake.looks.length >= 3, 10_000);
  const mine = fake.mine.id;
  expect(fake.looks[0]).toEqual({ seat: { participant: mine, secret: `secret-${mine}` }, participant: 2, lang: 'en' });
  expect(await visit.axe()).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await page.locator('dialog').count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement.innerText)).toBe('See what they see');
  const asked = fake.looks.length;
  await page.waitForTimeout(2_500);
  expect(fake.looks.length).toBe(asked);
  expect(visit.complaints).toEqual([]);
});

test('says where nothing is seen, where the bridge refuses, and comes back', async () => {
  const problem = (code, text) => ({ status: 404, problem: { code, text, pin_needed: false } });
  const page = await inside('host', { look: problem('CW-WEB-014', 'That person is sent no picture.') });
  await page.click('button[aria-label="Actions for 3F 会议室"]');
  await page.click('.actions >> text=See what they see');
  await page.waitForSelector('.look [role=status]:has-text("3F 会议室 is sent no picture of the meeting now.")');
  expect(await painted(page)).toBe(null);
  fake.look = problem('CW-WEB-013', 'Too many connections. Try again in a moment.');
  await page.waitForSelector('.look [role=status]:has-text("trying again. Too many connections.")');
  fake.look = PNG;
  await until('it is painted', async () => (await painted(page)) !== null);
  await page.waitForSelector('.look [role=status]:has-text("Refreshed every 2 seconds.")');
});

test('is not offered to guests, nor of telephones', async () => {
  const page = await inside('guest');
  await page.click('button[aria-label="Actions for 3F 会议室"]');
  expect(await page.locator('.actions >> text=See what they see').count()).toBe(0);
});
