import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeCodeFolder, removeAbandonedFolders } from './code-folder.ts';

test('the folders of processes that are gone are removed, and no others', () => {
  const parent = mkdtempSync(join(tmpdir(), 'orders-code-folder-'));
  try {
    const { pid: gone } = spawnSync(process.execPath, ['--version']);
    const own = basename(makeCodeFolder(parent));
    // Process 1 is always there, and somebody else's.
    for (const name of [`orders-functions-${gone}-abc`, 'orders-functions-1-abc', 'another']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'index.mjs'), '');
    }
    removeAbandonedFolders(parent);
    expect(readdirSync(parent).sort()).toEqual(['another', 'orders-functions-1-abc', own].sort());
  } finally {
    rmSync(parent, { recursive: true });
  }
});
