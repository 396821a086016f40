import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { describe, expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import type { Allow } from './policy.ts';
import { StateMachine, type StateMachineProps } from './state-machine.ts';

interface Called {
  table: DynamodbTable;
  queue: SqsQueue;
  fn: LambdaFunction;
}

/** What a state machine may do, except for its traces. */
function grantsOf(
  states: (called: Called, resource: Parameters<StateMachineProps['states']>[0]) => Record<string, object>,
  allow?: Allow[],
) {
  const resources = smallStack((stack) => {
    const called = {
      table: new DynamodbTable(stack, 'table', { name: 'Orders', hashKey: 'id' }),
      queue: new SqsQueue(stack, 'queue', { name: 'approvals' }),
      fn: new LambdaFunction(stack, 'fn', { functionName: 'price', role: 'arn:role' }),
    };
    new StateMachine(stack, 'm', {
      name: 'M',
      startAt: 'A',
      states: (resource) => states(called, resource),
      ...(allow && { allow }),
    });
  });
  const { policy } = resources['m/role/policy'] as unknown as { policy: { Statement: object[] } };
  return policy.Statement.slice(2);
}

const task = (Resource: string, Parameters?: object) => ({ Type: 'Task', Resource, Parameters, End: true });
const may = (Action: string[], ...Resource: string[]) => ({ Effect: 'Allow', Action, Resource });

describe('a state machine may do', () => {
  test('what its states call: a function, a table, a queue', () => {
    const grants = grantsOf(({ table, queue, fn }, resource) => ({
      A: task(resource('lambda:invoke'), { FunctionName: fn.functionName }),
      B: task(resource('dynamodb:putItem'), { TableName: table.name }),
      C: task(resource('sqs:sendMessage.waitForTaskToken'), { QueueUrl: queue.url }),
    }));
    expect(grants).toEqual([
      may(['lambda:InvokeFunction'], '<fn.arn>'),
      may(['dynamodb:PutItem'], '<table.arn>'),
      may(['sqs:SendMessage'], '<queue.arn>'),
    ]);
  });

  test('what they call by the ARN of a function, and by the names of the SDK', () => {
    const grants = grantsOf(({ table, fn }, resource) => ({
      A: task(fn.arn),
      B: task(resource('aws-sdk:dynamodb:query'), { TableName: table.name }),
      C: task(resource('aws-sdk:dynamodb:getItem'), { TableName: table.arn }),
      D: task(resource('aws-sdk:dynamodb:query'), { TableName: table.name }),
    }));
    expect(grants).toEqual([
      may(['lambda:InvokeFunction'], '<fn.arn>'),
      may(['dynamodb:Query', 'dynamodb:GetItem'], '<table.arn>'),
    ]);
  });

  test('what the states inside of a Map and a Parallel state call', () => {
    const grants = grantsOf(({ table, queue }, resource) => ({
      Each: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'In',
          States: { In: task(resource('dynamodb:updateItem'), { TableName: table.name }) },
        },
        Next: 'Both',
      },
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'P', States: { P: task(resource('sqs:sendMessage'), { QueueUrl: queue.id }) } },
        ],
        End: true,
      },
    }));
    expect(grants).toEqual([
      may(['dynamodb:UpdateItem'], '<table.arn>'),
      may(['sqs:SendMessage'], '<queue.arn>'),
    ]);
  });

  test('what it is allowed for calls whose resource only the input names', () => {
    const allow = [{ actions: ['lambda:InvokeFunction'], resources: ['arn:any'] }];
    const grants = grantsOf(
      (_, resource) => ({ A: task(resource('lambda:invoke'), { 'FunctionName.$': '$.function' }) }),
      allow,
    );
    expect(grants).toEqual([may(['lambda:InvokeFunction'], 'arn:any')]);
  });
});

describe('a state whose grant cannot be derived fails at synth', () => {
  test.each<[string, Parameters<typeof grantsOf>[0], RegExp]>([
    [
      'because only the input names what it calls',
      (_, resource) => ({ A: task(resource('dynamodb:getItem'), { 'TableName.$': '$.table' }) }),
      /The state A calls .*dynamodb:getItem with nothing .*an aws_dynamodb_table .* dynamodb:GetItem/,
    ],
    [
      'because it calls a resource of another kind',
      ({ queue }, resource) => ({ A: task(resource('dynamodb:getItem'), { TableName: queue.name }) }),
      /The state A calls .* with \$\{aws_sqs_queue\.queue\.name\} where a reference to an aws_dynamodb_table/,
    ],
    [
      'because what it calls is written out',
      () => ({ A: task('arn:aws:lambda:eu-west-1:000000000000:function:f') }),
      /The state A calls arn:aws:lambda.* a reference to an aws_lambda_function/,
    ],
    [
      'because its permission is not known',
      (_, resource) => ({ A: task(resource('sns:publish'), {}) }),
      /The state A calls .*sns:publish, whose permission isn't known\. Known are dynamodb:deleteItem/,
    ],
  ])('%s', (_, states, message) => {
    expect(() => grantsOf(states)).toThrow(message);
  });
});
