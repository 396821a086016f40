import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';

test('a test file that Jest runs twice in a process is loaded twice, and only the second time with a query', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-jest-'));
  try {
    const file = pathToFileURL(join(folder, 'one.test.ts')).href;
    writeFileSync(new URL(file), 'export const { url } = import.meta;');
    const urls = [];
    for (const time of [1, 2]) urls.push((await import(`${file}?${time}`)).url);
    expect(urls).toEqual([file, `${file}?2`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
