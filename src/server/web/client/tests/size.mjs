// Holds the weight of the first load: what a browser gets before the page works, compressed.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MOST = 150_000;
const dist = new URL('../dist/', import.meta.url).pathname;

const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]);

let [gzip, brotli] = [0, 0];
for (const file of files(dist)) {
  if (file.endsWith('.gz')) gzip += statSync(file).size;
  if (file.endsWith('.br')) brotli += statSync(file).size;
}
console.log(`first load: ${gzip} bytes by gzip, ${brotli} by brotli; at most ${MOST}`);
if (gzip === 0 || gzip > MOST) process.exit(1);
