import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { schemasDir } from '@orders/contract';
import { goldenCopies } from '../scripts/documents.ts';

const root = resolve(import.meta.dirname, '../..');
const copies = goldenCopies(schemasDir);

/** The lines of a text that are not in the other, `+` or `-` in front, the first few. */
function changedLines(now: string, committed: string): string[] {
  const missing = (from: string, to: string, sign: string) => {
    const lines = new Set(to.split('\n'));
    return from.split('\n').flatMap((line) => (lines.has(line) ? [] : [`${sign} ${line.trim()}`]));
  };
  return [...missing(committed, now, '-'), ...missing(now, committed, '+')].slice(0, 10);
}

test.each(Object.entries(copies))('%s is what the schemas and the stack say now', (path, now) => {
  const file = join(root, path);
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (now === committed) return;
  const changes = changedLines(now, committed).join('\n');
  throw new Error(`${path} is out of date: run \`pnpm docs:generate\`, and review the diff.\n${changes}`);
});

test('every snapshot belongs to a stage', () => {
  const committed = readdirSync(join(root, 'infra/snapshots')).map((file) => `infra/snapshots/${file}`);
  expect(committed.sort()).toEqual(
    Object.keys(copies)
      .filter((path) => path.startsWith('infra/'))
      .sort(),
  );
});
