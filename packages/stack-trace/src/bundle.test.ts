import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Bundle } from './bundle.ts';

const apps = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(apps, { recursive: true }));

/** `e` is `first` where it is declared, and `second` in the call; `ee` and `$e` are names of others. */
const code = 'let e=1,ee=2;f(e);ee;$e.x';
const map = {
  version: 3,
  sources: ['../../src/a.ts'],
  names: ['first', 'second', 'other'],
  // The columns 4, 8, 15, 18, 21 and 22.
  mappings: 'IAAAA,IAAAE,OAAAD,GAAAC,GAAAA,CAAAA',
};

function makeBundle(name: string, text = code): Bundle {
  const folder = join(apps, name, 'dist/function');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), text);
  writeFileSync(join(folder, 'index.mjs.map'), JSON.stringify(map));
  return new Bundle(apps, name);
}

test.each([
  ['the last mention before the place', 25, 'second'],
  ['the declaration for a place before the call', 14, 'first'],
  ['no mention that begins at the place', 15, 'first'],
])('a minified name is named by %s', (_, column, name) => {
  expect(makeBundle('shop').sourceLine('index.mjs', { line: 1, column }, 'async e')).toEqual({
    file: 'apps/shop/src/a.ts',
    line: 1,
    column: expect.any(Number),
    caller: `async ${name}`,
  });
});

test('a name that nothing mentions is kept', () => {
  const place = { line: 1, column: 25 };
  expect(makeBundle('shop').sourceLine('index.mjs', place, 'g')?.caller).toBe('g');
});

test('a bundle has its own code alone', () => {
  const [shop, other] = [makeBundle('shop'), makeBundle('other', `${code};`)];
  expect([shop, other].map((bundle) => bundle.hasCode('index.mjs', code))).toEqual([true, false]);
  expect(shop.hasCode('missing.mjs', code)).toBe(false);
  expect(shop.hasCode('../function/index.mjs', code)).toBe(false);
});
