/** Starts a new event of the contract: `pnpm new:event "Order Cancelled"`. Writes its schema, fixtures and changeset. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { draftEvent } from './draft-event.ts';

const [detailType, ...others] = process.argv.slice(2);
const root = resolve(import.meta.dirname, '../../..');

try {
  if (detailType === undefined || others.length > 0) {
    throw new Error(
      `received ${process.argv.length - 2} arguments; allowed is one, the detail-type of the new event in quotes: ` +
        'pnpm new:event "Order Cancelled"',
    );
  }
  const { files, event, model } = draftEvent(join(root, 'schemas'), detailType);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: 'wx' });
  }
  // As people write them: the formatter sets short lists on one line.
  const formatter = join(root, 'node_modules/.bin/biome');
  const { status } = spawnSync(formatter, ['format', '--write', ...Object.keys(files)], {
    cwd: root,
    stdio: 'ignore',
  });
  if (status !== 0) console.error('the formatter failed; run `pnpm lint` to see why');
  for (const path of Object.keys(files)) console.log(path);
  console.log(
    `\n"${detailType}" has the fields and the publisher of "${model.detailType}": ` +
      `${Object.keys(event.detail.properties ?? {}).join(', ')}, and ${event.publishedBy}. What is left to write, in this ` +
      'order, is in docs/extending.md, "Add an event".\n',
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
