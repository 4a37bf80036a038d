import { defineConfig } from 'vite';

// A relative base: the page stands at `<prefix>/j/<meeting>`, its files at `<prefix>/j/assets/`,
// whatever the prefix of a proxy is. Nothing is inlined: the policy of the page allows only files
// of its own origin.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: ['es2020', 'chrome87', 'edge88', 'firefox90', 'safari14'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1' },
});
