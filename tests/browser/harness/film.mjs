// Films: written to a file that is a camera, and found again in what is seen.

import { closeSync, openSync, writeSync } from 'node:fs';

/** Colours that no codec takes for each other. */
export const COLOURS = { red: [190, 40, 40], blue: [40, 60, 190], green: [40, 150, 60] };

const [WIDTH, HEIGHT] = [1280, 720];
/** As many a second, over and over. */
const FRAMES = 10;
const MARK = 160;

/** A film of one colour, its upper left corner dark, and a white mark that moves from left to right
 *  across the middle. */
export function writeFilm(file, colour) {
  const ground = yuv(colour);
  const out = openSync(file, 'w');
  writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES}:1 Ip A1:1 C420\n`);
  for (let at = 0; at < FRAMES; at += 1) {
    const frame = new Frame(ground);
    frame.paint(0, 0, WIDTH / 4, HEIGHT / 4, yuv([20, 20, 20]));
    frame.paint(at * ((WIDTH - MARK) / FRAMES), (HEIGHT - MARK) / 2, MARK, MARK, yuv([250, 250, 250]));
    writeSync(out, 'FRAME\n');
    writeSync(out, frame.data);
  }
  closeSync(out);
  return file;
}

/** BT.601 of limited range, as cameras are. */
function yuv([r, g, b]) {
  return [
    16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256,
    128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256,
    128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256,
  ].map(Math.round);
}

class Frame {
  constructor(colour) {
    this.data = Buffer.alloc((WIDTH * HEIGHT * 3) / 2);
    this.paint(0, 0, WIDTH, HEIGHT, colour);
  }

  paint(left, top, width, height, colour) {
    const planes = [[0, 1], [WIDTH * HEIGHT, 2], [WIDTH * HEIGHT * 1.25, 2]];
    planes.forEach(([start, shrink], plane) => {
      const row = WIDTH / shrink;
      for (let y = Math.round(top / shrink); y < Math.round((top + height) / shrink); y += 1) {
        const from = start + y * row + Math.round(left / shrink);
        this.data.fill(colour[plane], from, from + Math.round(width / shrink));
      }
    });
  }
}

/** In the page: the colours of points, as parts of the width and of the height, of what is shown: of the
 *  picture, or of the tiles that the page puts together. */
export function look(points) {
  const pixels = new Map();
  const colour = (video, x, y) => {
    if (!pixels.has(video)) {
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(video, 0, 0);
      pixels.set(video, context);
    }
    const at = [Math.floor(x * video.videoWidth), Math.floor(y * video.videoHeight)];
    return [...pixels.get(video).getImageData(...at, 1, 1).data].slice(0, 3);
  };
  const lit = (video) => video !== null && video.videoWidth > 0;
  const wall = document.querySelector('.wall:not(.behind)');
  if (wall) {
    const all = wall.getBoundingClientRect();
    return points.map(([x, y]) => {
      const [left, top] = [all.left + x * all.width, all.top + y * all.height];
      const holds = (box) => left >= box.left && left < box.right && top >= box.top && top < box.bottom;
      const tile = [...wall.children].reverse().find((one) => holds(one.getBoundingClientRect()));
      const video = tile?.querySelector('video') ?? null;
      if (!lit(video)) return [20, 20, 20];
      // It covers its tile.
      const box = tile.getBoundingClientRect();
      const scale = Math.max(box.width / video.videoWidth, box.height / video.videoHeight);
      const part = (at, start, size, pixels) => 0.5 + (at - start - size / 2) / (pixels * scale);
      return colour(video, part(left, box.left, box.width, video.videoWidth), part(top, box.top, box.height, video.videoHeight));
    });
  }
  const video = document.querySelector('.meeting-video');
  return lit(video) ? points.map(([x, y]) => colour(video, x, y)) : null;
}

/** In the page: the tiles that it puts together, or nothing where it shows the picture. */
export function tiles() {
  const part = (one, name) => Number.parseFloat(one.style[name]) / 100;
  const all = [...document.querySelectorAll('.wall:not(.behind) > li')];
  return all.map((one) => ({
    name: one.querySelector('.name').textContent,
    place: ['left', 'top', 'width', 'height'].map((name) => part(one, name)),
    mine: one.querySelector('.mirrored') !== null,
    video: one.querySelector('video')?.videoWidth ?? 0,
  }));
}

/** The colour that it is of, by its name; `dark`, `white` or nothing. */
export function nameOf(rgb) {
  const near = (other) => rgb.every((value, at) => Math.abs(value - other[at]) < 50);
  if (near([20, 20, 20])) return 'dark';
  if (near([250, 250, 250])) return 'white';
  return Object.keys(COLOURS).find((name) => near(COLOURS[name])) ?? null;
}

/** Points of a tile, of its place in the picture: ground, the corner, and what would be the corner in
 *  a mirror. */
export function pointsOf([left, top, width, height]) {
  const at = (x, y) => [left + x * width, top + y * height];
  return [at(0.5, 0.25), at(0.85, 0.85), at(0.12, 0.2), at(0.88, 0.2)];
}

/** Whose film a tile shows, upright and not mirrored: the name of its colour. */
export function filmOf([ground, side, corner, mirrored]) {
  const name = nameOf(ground);
  const whole = name !== null && name === nameOf(side) && nameOf(corner) === 'dark' && nameOf(mirrored) === name;
  return whole ? name : null;
}
