import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { bundleExtension, bundleOptions } from './bundling.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a module prints, bundled as a function is. */
async function printedBy(source: string): Promise<string> {
  const entry = join(folder, 'source.js');
  writeFileSync(entry, source);
  const outExtension = { '.js': bundleExtension };
  await build({
    ...bundleOptions,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension,
    bundle: true,
  });
  return execFileSync(process.execPath, [join(folder, `index${bundleExtension}`)], { encoding: 'utf8' });
}

/** Whether Node.js has loaded its fetch. */
const hasFetch = `process.moduleLoadList.some((name) => name.endsWith('undici'))`;

test('a bundle that sends requests by node:http does not load fetch, which an import of it would', async () => {
  const imported = `import { Agent, request } from 'node:http'; console.log(typeof Agent, typeof request, ${hasFetch});`;
  expect(await printedBy(imported)).toBe('function function false\n');
  writeFileSync(join(folder, 'plain.mjs'), imported);
  expect(execFileSync(process.execPath, [join(folder, 'plain.mjs')], { encoding: 'utf8' })).toMatch(/true$/m);
});

test('a module of Node.js is the same by its name, by its default and by require', async () => {
  const source = `
    import fs, { readFileSync } from 'fs';
    import * as all from 'node:fs';
    const { readFileSync: required } = require('node:fs');
    console.log(fs.readFileSync === readFileSync, all.readFileSync === readFileSync, required === readFileSync);`;
  expect(await printedBy(source)).toBe('true true true\n');
});
