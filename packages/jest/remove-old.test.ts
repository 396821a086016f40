import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { removeOld } from './remove-old.mjs';

test('a folder is removed once it is older than so many days', () => {
  const parent = mkdtempSync(join(tmpdir(), 'orders-jest-'));
  try {
    const folder = join(parent, 'folder');
    const inDays = (days: number) => Date.now() + days * 24 * 60 * 60 * 1000;
    removeOld(folder, 30, inDays(31));
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), '');

    removeOld(folder, 30, inDays(29));
    expect(existsSync(folder)).toBe(true);
    removeOld(folder, 30, inDays(31));
    expect(existsSync(folder)).toBe(false);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
