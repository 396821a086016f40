import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measureColdStart, startAcceptingAws } from './cold-start.ts';
import { functions, makeVariants, type Variant } from './variants.ts';

let dir: string;
let aws: Awaited<ReturnType<typeof startAcceptingAws>>;
let variants: Variant[];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'orders-bench-'));
  aws = await startAcceptingAws();
  variants = await makeVariants(dir);
});
afterAll(() => {
  aws.close();
  rmSync(dir, { recursive: true });
});

test('each function is there as it deploys and by defaults, the producer in the common way as well', () => {
  expect(variants.map(({ function: name, way }) => `${name} ${way}`.trim())).toEqual([
    'an empty handler',
    ...functions.flatMap((name) => [`${name} as it deploys`, `${name} by defaults`]),
    'producer the common way',
  ]);
});

test('every way is measured from its import to the answer of its first invocation', async () => {
  for (const variant of variants) {
    const start = await measureColdStart(variant, aws.endpoint);
    expect(start.import).toBeGreaterThan(0);
    expect(start.invocation).toBeGreaterThan(0);
  }
});

test('a function that fails is not measured, and says how it failed', async () => {
  const file = join(dir, 'broken.mjs');
  writeFileSync(file, "export const handler = async () => { throw new Error('out of stock'); };");
  const broken = { function: 'producer', way: 'broken', file, bytes: 1 };
  await expect(measureColdStart(broken, aws.endpoint)).rejects.toThrow('out of stock');
});
