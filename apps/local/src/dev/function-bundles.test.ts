import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createFunctionBundles } from './function-bundles.ts';
import { functionsDir } from './places.ts';

test('the bundles of functions have the bytes of their build, so that only an edit that changes code is told', async () => {
  const bundles = createFunctionBundles({ debuggable: false });
  try {
    expect(bundles.names()).toContain('persister');
    for (const name of bundles.names()) {
      const built = readFileSync(join(functionsDir, name, 'dist/function.zip'));
      expect([name, built.equals((await bundles.build(name)).zip)]).toEqual([name, true]);
    }
  } finally {
    await bundles.close();
  }
});
