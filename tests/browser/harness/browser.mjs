// Debian's Chromium and Firefox, without a screen or a sound card. Each has a tone for a voice.

import { chromium, firefox } from 'playwright-core';
import { writeFilm } from './film.mjs';
import { folder } from './process.mjs';
import { TONES, writeTone } from './sound.mjs';

const CHROMIUM = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
  // The bridge and the TURN server show certificates of their own making.
  '--ignore-certificate-errors',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

const FIREFOX = {
  'media.navigator.streams.fake': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

/** `microphone`: `allowed`, `asked` (nobody answers, which is no) or `none`. `film`: the colour of what
 *  the camera sees; else it is Chromium's own. */
export async function launchChromium({ tone = TONES.anna, microphone = 'allowed', film } = {}) {
  const home = folder('chromium');
  const voice = writeTone(home.in('voice.wav'), tone);
  const args = microphone === 'none' ? CHROMIUM : [
    ...CHROMIUM, '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${voice}`,
    ...(film ? [`--use-file-for-fake-video-capture=${writeFilm(home.in('film.y4m'), film)}`] : []),
    ...(microphone === 'allowed' ? ['--use-fake-ui-for-media-stream'] : []),
  ];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  browser.on('disconnected', () => home.clear());
  return browser;
}

/** Its fake microphone plays no file, but a tone of any frequency; its camera sees colours that change. */
export async function launchFirefox({ tone = TONES.bai, microphone = 'allowed' } = {}) {
  const home = folder('firefox');
  const browser = await firefox.launch({
    channel: 'moz-firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    env: { ...process.env, HOME: home.path },
    firefoxUserPrefs: {
      ...FIREFOX,
      'media.navigator.audio.fake_frequency': tone,
      'permissions.default.microphone': microphone === 'allowed' ? 1 : 2,
      'media.navigator.permission.disabled': microphone === 'allowed',
    },
  });
  browser.on('disconnected', () => home.clear());
  return browser;
}
