import { expect, test } from '@jest/globals';
import { elementsOf } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';

/** The attribute with the name of a resource, where a Region of an account has each name only once. */
const names: Readonly<Record<string, string>> = {
  aws_cloudwatch_dashboard: 'dashboard_name',
  aws_cloudwatch_event_api_destination: 'name',
  aws_cloudwatch_event_archive: 'name',
  aws_cloudwatch_event_bus: 'name',
  aws_cloudwatch_event_connection: 'name',
  aws_cloudwatch_log_group: 'name',
  aws_cloudwatch_log_resource_policy: 'policy_name',
  aws_cloudwatch_metric_alarm: 'alarm_name',
  aws_dynamodb_table: 'name',
  aws_lambda_function: 'function_name',
  aws_sfn_state_machine: 'name',
  aws_sqs_queue: 'name',
};

/** Types whose names belong to another resource, are chosen by AWS or by Terraform, or may be there twice. */
const others = [
  /^data\./,
  /^aws_apigatewayv2_/,
  /^aws_cloudwatch_event_(rule|target)$/,
  /^aws_iam_role(_policy)?$/,
  /^aws_lambda_(permission|function_event_invoke_config)$/,
  /^aws_schemas_(registry|schema)$/,
  /^aws_sqs_queue_policy$/,
];

test('dev and two environments of branches have no name in common that an account has only once', () => {
  const elements = ['dev', 'pr-42', 'pr-4'].flatMap((stage) => elementsOf(synthStack(stage)));
  const unknown = elements.filter(({ type }) => !names[type] && !others.some((other) => other.test(type)));
  expect(unknown.map(({ address }) => address)).toEqual([]);
  const taken = elements.flatMap(({ type, attributes }) => {
    const attribute = names[type];
    return attribute === undefined ? [] : [`${type} ${attributes[attribute]}`];
  });
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.filter((name, index) => taken.indexOf(name) !== index)).toEqual([]);
});

test('an environment of a branch protects nothing, and keeps its logs for a day', () => {
  const elements = elementsOf(synthStack('pr-42'));
  for (const { block } of elements) expect(JSON.stringify(block)).not.toContain('"prevent_destroy":true');
  const groups = elements.filter(({ type }) => type === 'aws_cloudwatch_log_group');
  expect([...new Set(groups.map(({ attributes }) => attributes.retention_in_days))]).toEqual([1]);
});
