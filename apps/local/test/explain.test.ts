import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { readRulesOffline, readStack } from '@orders/local-aws';
import { runExplain } from '../src/explain.ts';
import { synthesized } from '../src/testing/index.ts';
import { UsageError } from '../src/usage-error.ts';

const main = resolve(import.meta.dirname, '../src/cli.mjs');
const rules = readRulesOffline(readStack(synthesized));
const dir = mkdtempSync(join(tmpdir(), 'orders-explain-'));
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => {
  jest.restoreAllMocks();
});

/** Explains a rule for a file with this text. A process for each takes a second. */
async function explain(rule: string, text: string) {
  const file = join(dir, 'event.json');
  writeFileSync(file, text);
  const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const matches = await runExplain({ outDir: synthesized }, rule, file);
  return { matches, output: write.mock.calls.join('') };
}

const placed = (location: string) =>
  JSON.stringify({ source: 'com.aws.orders', 'detail-type': 'Order Placed', detail: { location } });

test('explain says in a sentence, and field by field, why a rule does not match, and ends with 1', () => {
  const args = [main, 'explain', 'EUOrdertoStepFunctions', '-'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    input: placed('us-east-1'),
    encoding: 'utf8',
  });
  expect(stdout.split('\n')).toEqual([
    'The rule EUOrdertoStepFunctions doesn\'t match: `detail.location` is "us-east-1"; the rule wants a value that starts with "eu-west".',
    '',
    '  ✓ source: wanted "com.aws.orders"; the event has "com.aws.orders"',
    '  ✓ detail-type: wanted "Order Placed"; the event has "Order Placed"',
    '  ✗ detail.location: wanted a value that starts with "eu-west"; the event has "us-east-1"',
    '',
  ]);
  expect(status).toBe(1);
});

test('explain knows each rule by its name in Terraform too', async () => {
  const { address = '' } = rules.find(({ name }) => name === 'USOrdertoAPI') ?? {};
  for (const named of ['USOrdertoAPI', address, address.replace(/^\w+\./, '')]) {
    const { matches, output } = await explain(named, placed('us-east-1'));
    expect(output).toContain('The rule USOrdertoAPI matches: every field of the rule matches.');
    expect(matches).toBe(true);
  }
});

test('explain of a rule that the stack lacks names those that it has', async () => {
  await expect(explain('EUOrders', placed('eu-west'))).rejects.toThrow(
    `There is no rule EUOrders. The stack has ${rules.map(({ name }) => name).join(', ')}.`,
  );
});

test.each([
  ['[', 'event.json: '],
  ['[]', 'event.json: is JSON, and not an object'],
])('explain of %s, which is not an event, shows one', async (event, message) => {
  const explained = explain('USOrdertoAPI', event);
  await expect(explained).rejects.toThrow(message);
  await expect(explained).rejects.toThrow('an event is a JSON object, such as {"source"');
});

test('explain of a file that is not there says so', async () => {
  const explained = runExplain({ outDir: synthesized }, 'USOrdertoAPI', join(dir, 'nowhere.json'));
  await expect(explained).rejects.toThrow(UsageError);
  await expect(explained).rejects.toThrow('nowhere.json: ENOENT');
});
