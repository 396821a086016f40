import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { comparePlans } from './compare-plans.ts';
import type { JsonObject } from './json.ts';
import { makePlan } from './testing.ts';

const dir = mkdtempSync(join(tmpdir(), 'orders-compared-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
for (const name of ['one', 'two']) writeFileSync(join(dir, `${name}.zip`), name);

const rule = (name: string, pattern = '{"source":["s"]}') => ({
  name,
  event_bus_name: 'Orders',
  event_pattern: pattern,
});
const fn = (zip: string, more: JsonObject = {}) => ({
  function_name: 'f',
  filename: `${zip}.zip`,
  source_code_hash: zip,
  role: 'arn:role',
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  ...more,
});
const plan = (resources: JsonObject) => makePlan(resources, dir);

test.each<[string, JsonObject, JsonObject, string[]]>([
  ['nothing', { aws_lambda_function: { f: fn('one') } }, { aws_lambda_function: { f: fn('one') } }, []],
  [
    'the code of a function',
    { aws_lambda_function: { f: fn('one') } },
    { aws_lambda_function: { f: fn('two') } },
    ['function f has other code'],
  ],
  [
    'an argument, and the code with it',
    { aws_lambda_function: { f: fn('one', { timeout: 3, memory_size: 128 }) } },
    { aws_lambda_function: { f: fn('two', { timeout: 4, memory_size: 256 }) } },
    ['function f has another timeout, memory_size'],
  ],
  [
    'a rule that is new and one that is gone',
    { aws_cloudwatch_event_rule: { a: rule('A'), b: rule('B') } },
    { aws_cloudwatch_event_rule: { b: rule('B', '{"source":["t"]}'), c: rule('C') } },
    ['rule B has another event_pattern', 'rule C is new', 'rule A is gone'],
  ],
  [
    'what is not on the map',
    { aws_cloudwatch_metric_alarm: { a: { alarm_name: 'a' } } },
    { aws_cloudwatch_metric_alarm: { a: { alarm_name: 'b' }, c: { alarm_name: 'c' } } },
    ['2 other resources differ (aws_cloudwatch_metric_alarm)'],
  ],
])('plans that differ in %s', (_, before, after, phrases) => {
  expect(comparePlans(plan(before), plan(after))).toEqual({
    phrases,
    isCodeOnly: phrases.every((phrase) => phrase.endsWith('code')),
  });
});
