import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRulesOffline, readStack } from '@orders/local-aws';
import { synthesized } from '../src/testing/index.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
const rules = readRulesOffline(readStack(synthesized));

/** Runs `explain` with an event on stdin. */
function explain(rule: string, event: unknown, ...more: string[]) {
  const input = typeof event === 'string' ? event : JSON.stringify(event);
  return spawnSync(process.execPath, [main, 'explain', rule, '-', ...more], { input, encoding: 'utf8' });
}

const placed = (location: string) => ({
  source: 'com.aws.orders',
  'detail-type': 'Order Placed',
  detail: { location },
});

test('explain says in a sentence, and field by field, why a rule does not match, and ends with 1', () => {
  const { status, stdout } = explain('EUOrdertoStepFunctions', placed('us-east-1'));
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

test('explain ends with 0 if the rule matches, and knows each rule by its name in Terraform too', () => {
  const { address = '' } = rules.find(({ name }) => name === 'USOrdertoAPI') ?? {};
  for (const named of ['USOrdertoAPI', address, address.replace(/^\w+\./, '')]) {
    const { status, stdout } = explain(named, placed('us-east-1'));
    expect(stdout).toContain('The rule USOrdertoAPI matches: every field of the rule matches.');
    expect(status).toBe(0);
  }
});

test('explain of a rule that the stack lacks names those that it has, and ends with 2', () => {
  const { status, stderr } = explain('EUOrders', placed('eu-west'));
  expect(stderr).toBe(
    `There is no rule EUOrders. The stack has ${rules.map(({ name }) => name).join(', ')}.\n`,
  );
  expect(status).toBe(2);
});

test.each([
  ['[', 'stdin: '],
  ['[]', 'stdin: is JSON, and not an object'],
])('explain of %s, which is not an event, shows one, and ends with 2', (event, message) => {
  const { status, stderr } = explain('USOrdertoAPI', event);
  expect(stderr).toContain(message);
  expect(stderr).toContain('an event is a JSON object, such as {"source"');
  expect(status).toBe(2);
});

test.each([
  [[], 'explain takes a rule and a file with an event, received nothing'],
  [['USOrdertoAPI'], 'explain takes a rule and a file with an event, received USOrdertoAPI'],
  [['USOrdertoAPI', '-', '--port', '1'], 'explain takes no --port: it runs nothing'],
  [['USOrdertoAPI', 'nowhere.json'], 'nowhere.json: ENOENT'],
])('explain %j is refused with a sentence and the usage, and ends with 2', (args, message) => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'explain', ...args], { encoding: 'utf8' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('pnpm explain <rule> <event.json>');
  expect(status).toBe(2);
});
