import { expect, test } from '@jest/globals';
import { readSystemMap } from './system-map.ts';
import { makePlan, policy, trust } from './testing.ts';

test('the map has the parts of the stack, and the ways that events, calls and failures can take, what allows calls, and its alarms', () => {
  const plan = makePlan({
    aws_apigatewayv2_api: { api: { name: 'shop', protocol_type: 'HTTP' } },
    aws_apigatewayv2_integration: {
      i: {
        api_id: '${aws_apigatewayv2_api.api.id}',
        integration_type: 'AWS_PROXY',
        integration_uri: '${aws_lambda_function.f.invoke_arn}',
      },
    },
    aws_lambda_function: { f: { function_name: 'seller', role: '${aws_iam_role.f.arn}' } },
    aws_lambda_function_event_invoke_config: {
      c: {
        function_name: '${aws_lambda_function.f.function_name}',
        destination_config: { on_failure: { destination: '${aws_sqs_queue.failed.arn}' } },
      },
    },
    aws_iam_role: { f: { name: 'f', assume_role_policy: trust('lambda.amazonaws.com') } },
    aws_iam_role_policy: {
      f: {
        role: '${aws_iam_role.f.name}',
        policy: policy(
          { Action: 'events:PutEvents', Resource: '${aws_cloudwatch_event_bus.b.arn}' },
          { Action: 'sqs:SendMessage', Resource: '${aws_sqs_queue.failed.arn}' },
        ),
      },
    },
    aws_cloudwatch_event_bus: { b: { name: 'Orders' } },
    aws_cloudwatch_event_rule: {
      r: {
        name: 'All',
        event_bus_name: '${aws_cloudwatch_event_bus.b.name}',
        event_pattern: '{"source":["a"]}',
      },
    },
    aws_cloudwatch_event_target: {
      t: {
        rule: '${aws_cloudwatch_event_rule.r.name}',
        event_bus_name: '${aws_cloudwatch_event_bus.b.name}',
        arn: '${aws_sqs_queue.all.arn}',
        dead_letter_config: { arn: '${aws_sqs_queue.dead.arn}' },
      },
    },
    aws_sqs_queue: { all: { name: 'All' }, dead: { name: 'Dead' }, failed: { name: 'Failed' } },
    aws_cloudwatch_log_group: { g: { name: '/aws/lambda/seller' } },
    aws_lambda_permission: {
      p: {
        function_name: '${aws_lambda_function.f.function_name}',
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        source_arn: '${aws_apigatewayv2_api.api.execution_arn}/*/*',
      },
    },
    aws_cloudwatch_metric_alarm: {
      e: {
        alarm_name: 'seller-errors',
        alarm_description: 'It failed. See docs/runbooks/x.md',
        metric_name: 'Errors',
        dimensions: { FunctionName: '${aws_lambda_function.f.function_name}' },
      },
      q: {
        alarm_name: 'shop-refused',
        alarm_description: 'It refuses.',
        metric_query: [
          { metric: { metric_name: '4xx', dimensions: { ApiId: '${aws_apigatewayv2_api.api.id}' } } },
        ],
      },
    },
  });
  const { nodes, edges } = readSystemMap(plan);
  expect(nodes.map(({ id }) => id)).toEqual([
    'HTTP API shop',
    'function seller',
    'bus Orders',
    'rule All',
    'queue All',
    'queue Dead',
    'queue Failed',
  ]);
  expect(edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual([
    'HTTP API shop call function seller',
    'rule All delivery queue All',
    'rule All deadLetter queue Dead',
    'bus Orders delivery rule All',
    'function seller deadLetter queue Failed',
    'function seller call bus Orders',
  ]);
  const allowedBy = edges.flatMap(({ allowedBy = [] }) =>
    allowedBy.map(({ action, address }) => `${action} by ${address}`),
  );
  expect(allowedBy).toEqual([
    'lambda:InvokeFunction by aws_lambda_permission.p',
    'events:PutEvents by aws_iam_role_policy.f',
  ]);
  const alarms = nodes.flatMap(({ id, alarms = [] }) =>
    alarms.map(({ name, metric, description }) => [id, name, metric, description]),
  );
  expect(alarms).toEqual([
    ['HTTP API shop', 'shop-refused', '4xx', 'It refuses.'],
    ['function seller', 'seller-errors', 'Errors', 'It failed. See docs/runbooks/x.md'],
  ]);
});
