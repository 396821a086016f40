/** Writes the golden copies: `docs/asyncapi.yaml`, `docs/events.md`, `docs/openapi.yaml` and `infra/snapshots`. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemasDir } from '@orders/contract';
import { CatalogueError } from './catalogue-error.ts';
import { goldenCopies } from './documents.ts';

const root = resolve(import.meta.dirname, '../..');

try {
  const copies = goldenCopies(schemasDir);
  for (const [path, text] of Object.entries(copies)) writeFileSync(join(root, path), text);
  console.log(`generated ${Object.keys(copies).join(', ')}`);
} catch (error) {
  if (!(error instanceof CatalogueError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
