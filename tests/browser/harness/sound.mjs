// Tones: written to a file that is a microphone, and found again in what was heard.

import { readFileSync, writeFileSync } from 'node:fs';

/** No multiples of each other, no digits of a keypad, and all within a telephone's band. */
export const TONES = { anna: 600, bai: 1100, phone: 1700, other: 2500 };

/** A voice is above this, in dB of full scale. */
export const AUDIBLE_DB = -40;
/** Below this there is nothing to hear. */
export const INAUDIBLE_DB = -50;

/** One part of speech and one of silence, in seconds: what sounds for ever is taken for noise. */
const ON = 0.6;
const OFF = 0.3;
/** Without this a tone begins with a click, which holds every frequency. */
const EDGE = 0.02;

/** A WAV file of about so many seconds in which a tone comes and goes. */
export function writeTone(file, hertz, { seconds = 9, rate = 48_000, level = 0.3 } = {}) {
  const period = Buffer.alloc(Math.round((ON + OFF) * rate) * 2);
  for (let at = 0; at < ON * rate; at += 1) {
    const time = at / rate;
    const edge = Math.min(1, time / EDGE, (ON - time) / EDGE);
    period.writeInt16LE(Math.round(32_767 * level * edge * Math.sin(2 * Math.PI * hertz * time)), at * 2);
  }
  const data = Buffer.concat(Array(Math.ceil(seconds / (ON + OFF))).fill(period));
  writeFileSync(file, Buffer.concat([header(data.length, rate), data]));
  return file;
}

/** Of one channel of 16 bits. */
function header(length, rate) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(length, 40);
  return header;
}

/** The sound of a WAV file of 16 bits, the first channel. */
export function readWave(file) {
  const data = readFileSync(file);
  const channels = data.readUInt16LE(22);
  const rate = data.readUInt32LE(24);
  const start = data.indexOf('data') + 8;
  const samples = new Float32Array(Math.floor((data.length - start) / 2 / channels));
  for (let at = 0; at < samples.length; at += 1) samples[at] = data.readInt16LE(start + at * 2 * channels) / 32_768;
  return { samples, rate };
}

/**
 * How loud a frequency is while it sounds, in dB of full scale: of windows of 100 ms the one that
 * only a third exceed, so that neither the pauses of a tone nor a click count. Runs in a page too.
 */
export function levelOf(samples, rate, hertz) {
  const length = Math.round(rate / 10);
  const levels = [];
  for (let start = 0; start + length <= samples.length; start += length) {
    let [real, imaginary] = [0, 0];
    for (let at = 0; at < length; at += 1) {
      const window = 1 - Math.cos((2 * Math.PI * at) / length);
      const turn = (2 * Math.PI * hertz * at) / rate;
      real += window * samples[start + at] * Math.cos(turn);
      imaginary += window * samples[start + at] * Math.sin(turn);
    }
    levels.push(20 * Math.log10((2 * Math.hypot(real, imaginary)) / length + 1e-9));
  }
  levels.sort((a, b) => b - a);
  return levels.length === 0 ? -180 : levels[Math.floor(levels.length / 3)];
}
