import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const src = join(import.meta.dirname, '../src');

/** The modules that a file imports, with what these import. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)';/g)) {
    const module = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    if (seen.has(module)) continue;
    seen.add(module);
    if (specifier.startsWith('.')) importsOf(module, seen);
  }
  return seen;
}

test('the main entry needs no other package and not Node, so that it starts fast and runs in a browser', () => {
  const imports = [...importsOf(join(src, 'index.ts'))];
  expect(imports).toContain(join(src, 'parse.ts'));
  expect(imports.filter((module) => !module.startsWith(src))).toEqual([]);
  expect(imports.filter((module) => module.includes('can-match'))).toEqual([]);
});

test('the entry can-match needs the comparison of schemas, and nothing else', () => {
  const imports = [...importsOf(join(src, 'can-match/index.ts'))];
  expect(imports.filter((module) => !module.startsWith(src))).toEqual(['@orders/schema-compatibility']);
});
