/**
 * Bundles the page: one script, one style, and the HTML that loads them, in `dist/`. The schemas of the contract are in the
 * script, as the constant `eventSchemas`.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const schemas = join(dirname(fileURLToPath(import.meta.resolve('@orders/events'))), 'schemas');
const eventSchemas = readdirSync(schemas).map((name) => readFileSync(join(schemas, name), 'utf8'));
await build({
  define: { eventSchemas: `[${eventSchemas.join()}]` },
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
