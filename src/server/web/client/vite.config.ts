import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Lays each file beside itself, compressed: the bridge sends what was compressed once. */
function compressed(): Plugin {
  let dist = '';
  const compress = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        compress(path);
        continue;
      }
      const bytes = readFileSync(path);
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: size }));
    }
  };
  return {
    name: 'compressed',
    apply: 'build',
    configResolved({ root, build }) {
      dist = resolve(root, build.outDir);
    },
    closeBundle: () => compress(dist),
  };
}

// A relative base: the page stands at `<prefix>/j/<meeting>`, its files at `<prefix>/j/assets/`,
// whatever the prefix of a proxy is. Nothing is inlined: the policy of the page allows only files
// of its own origin.
export default defineConfig({
  base: './',
  plugins: [compressed()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: ['es2020', 'chrome87', 'edge88', 'firefox90', 'safari14'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1' },
});
