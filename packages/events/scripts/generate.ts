/** Compiles `schemas/*.json` into `src/generated/`: types, validators, and the catalogue of events. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemasDir } from '@orders/contract';
import { readFixtures } from './fixtures.ts';
import { render } from './render-events.ts';
import { readSchemas } from './schemas.ts';

const outDir = resolve(import.meta.dirname, '../src/generated');

try {
  const events = readSchemas(schemasDir);
  const files = await render(events, readFixtures(schemasDir, events));
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(outDir, name), text);
  const sources = events.map(({ id }) => `${id}.json`);
  console.log(`generated ${Object.keys(files).join(', ')} from ${sources.join(', ')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
