/** Compiles `schemas/*.json` into `src/generated/`: types, validators, and the catalogue of events. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderContracts, renderEvents, renderTesting } from './render-events.ts';
import { renderValidators } from './render-validators.ts';
import { readFixtures, readSchemas } from './schemas.ts';

const here = dirname(fileURLToPath(import.meta.url));
const schemasDir = resolve(here, '../../../schemas');
const outDir = resolve(here, '../src/generated');

try {
  const schemas = await readSchemas(schemasDir);
  const files = {
    ...(await renderValidators(schemas)),
    'contracts.ts': renderContracts(schemas),
    'events.ts': await renderEvents(schemas),
    'testing.ts': renderTesting(schemas, await readFixtures(schemasDir, schemas)),
  };
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(resolve(outDir, name), text);
  console.log(`generated ${Object.keys(files).join(', ')} from ${schemas.map((s) => s.file).join(', ')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
