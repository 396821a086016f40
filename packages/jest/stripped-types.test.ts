import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stripOnce } from './stripped-types.mjs';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stripped-'));
  file = join(folder, 'one.ts');
  writeFileSync(file, 'const one: number = 1;\nexport const two: number = one + 1;\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const keptIn = (kept: string) => {
  const [name = ''] = readdirSync(kept);
  return join(kept, name);
};

test('types are gone, and each line is where it was', () => {
  const lines = stripOnce(file, join(folder, 'kept')).split('\n');
  expect(lines.slice(0, 2)).toEqual(['const one         = 1;', 'export const two         = one + 1;']);
});

test('what was made is taken again while the file is the same, and made anew when it is another one', () => {
  const kept = join(folder, 'kept');
  const first = stripOnce(file, kept);
  const marked = first.replace('one + 1', 'one + 2');
  writeFileSync(keptIn(kept), marked);
  expect(stripOnce(file, kept)).toBe(marked);

  writeFileSync(file, 'export const three: number = 3;\n');
  expect(stripOnce(file, kept)).toMatch(/^export const three +=/);
  expect(readdirSync(kept)).toHaveLength(1);
  expect(readFileSync(keptIn(kept), 'utf8')).toMatch(/^export const three +=/);
});

test('a file that was cut short is made anew', () => {
  const kept = join(folder, 'kept');
  const whole = stripOnce(file, kept);
  writeFileSync(keptIn(kept), whole.slice(0, 30));
  expect(stripOnce(file, kept)).toBe(whole);
});

test('a folder that can not be there is no obstacle', () => {
  expect(stripOnce(file, join(file, 'kept'))).toMatch(/^const one/);
});
