import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { synthesized } from '../../src/testing/index.ts';
import { readOriginal, removeRuleOf, stackFile } from '../stack-copy.ts';

/** What keeps the persister from writing an order twice, as it is in its bundle. */
const condition = /ConditionExpression:"attribute_not_exists\(orderId\)"/g;

/**
 * Makes a copy of the synthesized stack in which the persister writes without its condition. Nothing tracks the orders, which
 * would take as long again.
 *
 * @returns the folder of the copy, which the caller deletes
 */
export function copyWithoutCondition(): string {
  const outDir = mkdtempSync(join(tmpdir(), 'orders-without-condition-'));
  cpSync(synthesized, outDir, { recursive: true });
  const stack = readOriginal();
  removeRuleOf(stack.resource, 'OrdertoTracker');
  writeFileSync(join(outDir, stackFile), JSON.stringify(stack));
  let removed = 0;
  // The folder may have bundles of earlier builds as well.
  for (const file of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('function.zip')) continue;
    const zip = join(outDir, file);
    const entries = unzipSync(readFileSync(zip));
    for (const [name, bytes] of Object.entries(entries)) {
      const code = Buffer.from(bytes).toString();
      if (code.search(condition) < 0) continue;
      entries[name] = Buffer.from(code.replaceAll(condition, 'ReturnValues:"NONE"'));
      writeFileSync(zip, zipSync(entries, { level: 0 }));
      removed += 1;
    }
  }
  if (removed === 0)
    throw new Error('No bundle has the condition: the persister, or its bundler, writes it otherwise');
  return outDir;
}
