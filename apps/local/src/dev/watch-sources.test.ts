import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { watchSources } from './watch-sources.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('a file that cannot be watched is reported, and the edits of others still come', async () => {
  const root = mkdtempSync(join(tmpdir(), 'orders-watch-'));
  ends.push(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'schemas'));
  const edited = Promise.withResolvers<readonly string[]>();
  const failed = Promise.withResolvers<unknown>();
  ends.push(await watchSources(root, edited.resolve, failed.resolve));
  symlinkSync('loop.json', join(root, 'schemas/loop.json'));
  expect(String(await failed.promise)).toContain('ELOOP');
  writeFileSync(join(root, 'schemas/order-placed.json'), '{}');
  expect(await edited.promise).toEqual(['schemas/order-placed.json']);
});
