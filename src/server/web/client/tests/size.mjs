// Holds the weight of the first load: what a browser gets before the page works, compressed.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, brotliCompressSync } from 'node:zlib';

const MOST = 150_000;
const dist = new URL('../dist/', import.meta.url).pathname;

const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]);

let [gzip, brotli] = [0, 0];
for (const file of files(dist)) {
  const bytes = readFileSync(file);
  gzip += gzipSync(bytes, { level: 9 }).length;
  brotli += brotliCompressSync(bytes).length;
}
console.log(`first load: ${gzip} bytes by gzip, ${brotli} by brotli; at most ${MOST}`);
if (gzip > MOST) process.exit(1);
