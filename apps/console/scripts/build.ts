/** Bundles the page: one script, one style, and the HTML that loads them, in `dist/`. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
await build({
  entryPoints: { console: join(root, 'src/main.tsx'), style: join(root, 'src/style.css') },
  outdir: dist,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  // esbuild itself leaves such imports between the chunks of a package, and they do nothing.
  logOverride: { 'ignored-bare-import': 'silent' },
});
copyFileSync(join(root, 'src/index.html'), join(dist, 'index.html'));
