import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../json.ts';
import { makePlan } from '../testing.ts';
import { limitEdges, resourceWith, soundResources } from './limit-edges.ts';
import { argumentLimits } from './limits.ts';
import { readLimited } from './read-limited.ts';
import { resourceTypes } from './resource-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

const limits = Object.entries(argumentLimits).flatMap(([type, all]) =>
  Object.keys(all).map((argument) => ({ type, argument, edge: limitEdges[type]?.[argument] })),
);

describe.each(limits)('$argument of $type', ({ type, argument, edge }) => {
  const check = (value: JsonValue) =>
    readLimited(type, { address: 'here', attributes: resourceWith(type, argument, value) });

  test('is an argument that the local run knows', () => {
    const { arguments: acted = [], withoutEffect = {} } = resourceTypes[type] ?? {};
    expect([...acted, ...Object.keys(withoutEffect)]).toContain(argument.split('.')[0]);
  });

  test('is taken up to its limit', () => {
    expect(edge?.taken.length).toBeGreaterThan(0);
    for (const value of edge?.taken ?? []) check(value);
  });

  test('is refused beyond it, with what AWS takes', () => {
    const values = [...(edge?.refused ?? []), ...(edge?.refusedByAwsOnly ?? [])];
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      expect(() => check(value)).toThrow(UnsupportedError);
      expect(() => check(value)).toThrow(`here: ${argument} is `);
      expect(() => check(value)).toThrow(`; AWS takes ${argumentLimits[type]?.[argument]?.takes}`);
    }
  });
});

test('a stack is read with its limits: the error names the resource', () => {
  const stack = { aws_sqs_queue: { q: { name: 'a', delay_seconds: 901 } } };
  expect(() => makePlan(stack)).toThrow(
    'aws_sqs_queue.q: delay_seconds is 901; AWS takes a whole number from 0 to 900',
  );
});

describe('a value that Terraform has as text', () => {
  const attributesOf = (type: string, resource: JsonObject) =>
    makePlan({ [type]: { r: { ...soundResources[type], ...resource } } }).resources(type)[0]?.attributes;

  test.each<[string, JsonObject, JsonObject]>([
    ['aws_lambda_function', { timeout: '30', memory_size: '512' }, { timeout: 30, memory_size: 512 }],
    ['aws_cloudwatch_event_archive', { retention_days: '7' }, { retention_days: 7 }],
    ['aws_cloudwatch_log_group', { retention_in_days: '7' }, { retention_in_days: 7 }],
    ['aws_apigatewayv2_stage', { auto_deploy: 'true' }, { auto_deploy: true }],
    ['aws_sqs_queue', { sqs_managed_sse_enabled: 'false' }, { sqs_managed_sse_enabled: false }],
    [
      'aws_cloudwatch_event_target',
      { retry_policy: { maximum_retry_attempts: '1', maximum_event_age_in_seconds: '60' } },
      { retry_policy: { maximum_retry_attempts: 1, maximum_event_age_in_seconds: 60 } },
    ],
  ])('is the number or the truth that it says: %s', (type, given, read) => {
    expect(attributesOf(type, given)).toMatchObject(read);
  });

  test('is refused beyond the limit, too', () => {
    expect(() => attributesOf('aws_sqs_queue', { delay_seconds: '901' })).toThrow('AWS takes');
  });
});

describe('two resources that AWS takes for one', () => {
  const twins = (type: string, first: JsonObject, second: JsonObject) =>
    makePlan({
      [type]: { a: { ...soundResources[type], ...first }, b: { ...soundResources[type], ...second } },
    });

  test.each([
    ['aws_sqs_queue', { name: 'Q' }, 'name, "Q"'],
    ['aws_cloudwatch_event_rule', { name: 'R', event_bus_name: 'B' }, 'event_bus_name and name, "B" and "R"'],
    ['aws_cloudwatch_event_rule', { name: 'R' }, 'event_bus_name and name, "default" and "R"'],
    ['aws_lambda_function', { function_name: 'f' }, 'function_name, "f"'],
    ['aws_cloudwatch_event_target', { target_id: 'T' }, 'event_bus_name and rule and target_id'],
  ])('are refused: %s', (type, same, message) => {
    expect(() => twins(type, same, same)).toThrow(UnsupportedError);
    expect(() => twins(type, same, same)).toThrow(`${type}.b: ${type}.a has the same ${message}`);
  });

  test('differ by any part of what tells them apart, or by a name that AWS gives them', () => {
    twins(
      'aws_cloudwatch_event_rule',
      { name: 'R', event_bus_name: 'B' },
      { name: 'R', event_bus_name: 'C' },
    );
    twins('aws_cloudwatch_event_target', {}, {});
    twins('aws_iam_role', { name_prefix: 'p' }, { name_prefix: 'p' });
  });
});
