import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { createClock } from '../../clock.ts';
import { createFaults } from '../../faults/faults.ts';
import { systemIds } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { MetricStore } from '../../metrics/metric-store.ts';
import { listen } from '../../server.ts';
import { createDiskState } from '../../state/disk-state.ts';
import { createState } from '../../state/state.ts';
import { arnOf, makePlan, policy, sdkConfig, trust } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import { wire } from '../../wire.ts';

/**
 * A workflow that has everything: a function, a row, a message, and somebody's answer to it. Each of its calls may fail,
 * and is retried or caught.
 */
const states = {
  Price: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: '${aws_lambda_function.price.arn}', Payload: { 'id.$': '$.id' } },
    ResultSelector: { 'euros.$': '$.Payload.euros', 'status.$': '$.SdkHttpMetadata.HttpStatusCode' },
    ResultPath: '$.price',
    Retry: [{ ErrorEquals: ['NotYet'], IntervalSeconds: 30, MaxAttempts: 2 }],
    Next: 'Store',
  },
  Store: {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:putItem',
    Parameters: {
      TableName: '${aws_dynamodb_table.orders.name}',
      Item: { id: { 'S.$': '$.id' }, euros: { 'N.$': "States.Format('{}', $.price.euros)" } },
      ConditionExpression: 'attribute_not_exists(id)',
    },
    ResultPath: null,
    Catch: [{ ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], ResultPath: null, Next: 'Find' }],
    Next: 'Approve',
  },
  Find: {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:dynamodb:query',
    Parameters: {
      TableName: '${aws_dynamodb_table.orders.name}',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { 'S.$': '$.id' } },
    },
    ResultSelector: { 'already.$': '$.Items[0].euros.N' },
    End: true,
  },
  Approve: {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Parameters: {
      QueueUrl: '${aws_sqs_queue.approvals.url}',
      MessageBody: { 'token.$': '$$.Task.Token', 'euros.$': '$.price.euros' },
    },
    HeartbeatSeconds: 60,
    ResultPath: '$.approval',
    Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, MaxAttempts: 1 }],
    Catch: [{ ErrorEquals: ['Declined'], ResultPath: '$.declined', Next: 'Tell' }],
    Next: 'Tell',
  },
  Tell: {
    Type: 'Task',
    Resource: '${aws_lambda_function.tell.arn}',
    End: true,
  },
};

/** What the workflow's role may do, by the state that needs it. */
const permissions = {
  Price: { Action: 'lambda:InvokeFunction', Resource: arnOf('lambda', 'function:price') },
  Store: { Action: 'dynamodb:PutItem', Resource: arnOf('dynamodb', 'table/Orders') },
  Find: { Action: 'dynamodb:Query', Resource: arnOf('dynamodb', 'table/Orders') },
  Approve: { Action: 'sqs:SendMessage', Resource: arnOf('sqs', 'approvals') },
  Tell: { Action: 'lambda:InvokeFunction', Resource: arnOf('lambda', 'function:tell') },
};

const code = {
  price: `
    let calls = 0;
    export const handler = async ({ id }) => {
      calls += 1;
      if (calls === 1) throw Object.assign(new Error('the price comes later'), { name: 'NotYet' });
      return { euros: 7 };
    };`,
  tell: 'export const handler = async (event) => ({ told: event });',
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orders-workflow-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const functionOf = (name: string): JsonObject => ({
  function_name: name,
  role: '${aws_iam_role.functions.arn}',
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  filename: `${name}.zip`,
});

type State = keyof typeof permissions;
const nameWithout = (state?: State) => (state ? `Without${state}` : 'W');

/** The workflow with its role, under a name of its own, without the permission of a state. */
function workflowOf(without?: State) {
  const name = nameWithout(without);
  const may = Object.entries(permissions).flatMap(([state, allow]) => (state === without ? [] : allow));
  return {
    role: { name, assume_role_policy: trust('states.amazonaws.com') },
    policy: { role: `\${aws_iam_role.${name}.name}`, policy: policy(...may) },
    machine: {
      name,
      role_arn: `\${aws_iam_role.${name}.arn}`,
      definition: JSON.stringify({ StartAt: 'Price', States: states }),
    },
  };
}

/**
 * Runs the stack of the workflow, and of the same workflows each without the permission of a state.
 *
 * @param dataDir the folder for its state; in memory if left out
 */
async function start({ dataDir }: { dataDir?: string } = {}) {
  const zips = makeFolder();
  for (const [name, text] of Object.entries(code)) {
    writeFileSync(join(zips, `${name}.zip`), zipSync({ 'index.mjs': strToU8(text) }));
  }
  const server = await listen(0, (error) => {
    throw error;
  });
  const workflows = [undefined, ...(Object.keys(permissions) as State[])].map(
    (without) => [nameWithout(without), workflowOf(without)] as const,
  );
  const ofEach = (part: keyof ReturnType<typeof workflowOf>) =>
    Object.fromEntries(workflows.map(([name, workflow]) => [name, workflow[part]]));
  const plan = makePlan(
    {
      aws_iam_role: {
        ...ofEach('role'),
        functions: { name: 'functions', assume_role_policy: trust('lambda.amazonaws.com') },
      },
      aws_iam_role_policy: {
        ...ofEach('policy'),
        functions: { role: '${aws_iam_role.functions.name}', policy: policy({ Action: 'logs:*' }) },
      },
      aws_cloudwatch_log_group: {
        price: { name: '/aws/lambda/price' },
        tell: { name: '/aws/lambda/tell' },
      },
      aws_lambda_function: { price: functionOf('price'), tell: functionOf('tell') },
      aws_dynamodb_table: {
        orders: { name: 'Orders', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }] },
      },
      aws_sqs_queue: { approvals: { name: 'approvals' } },
      aws_sfn_state_machine: ofEach('machine'),
    },
    zips,
    server.endpoint,
  );
  const clock = createClock();
  const trace = new Trace(clock, systemIds);
  const state = dataDir === undefined ? createState() : createDiskState(dataDir, 'small');
  const failures: string[] = [];
  const wiring = await wire(plan, {
    state,
    trace,
    metrics: new MetricStore(clock.now),
    clock,
    ids: systemIds,
    faults: createFaults(undefined, trace, systemIds),
    onFailure: (message) => failures.push(message),
    onLog: () => {},
    findSourceLine: () => undefined,
  });
  server.serve([...wiring.aws, wiring.apis], []);
  const [sfn, sqs] = [new SFNClient(sdkConfig(server)), new SQSClient(sdkConfig(server))];
  const stop = async () => {
    sfn.destroy();
    sqs.destroy();
    await wiring.close();
    await server.close();
    clock.close();
    await state.close();
  };
  ends.push(stop);

  const QueueUrl = `${server.endpoint}/000000000000/approvals`;
  return {
    sfn,
    stop: () => {
      ends.splice(ends.indexOf(stop), 1);
      return stop();
    },
    async begin(id: string, without?: State): Promise<string> {
      const { executionArn = '' } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: arnOf('states', `stateMachine:${nameWithout(without)}`),
          input: JSON.stringify({ id }),
        }),
      );
      return executionArn;
    },
    /** Moves the clock when nothing runs, with everything that happens until then. */
    async pass(seconds: number) {
      await trace.idle();
      await clock.advance(seconds * 1_000, () => trace.idle());
    },
    /** Takes the message of a state that waits, and gives its token. */
    async token(): Promise<string> {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      const [{ Body = '', ReceiptHandle } = {}] = Messages;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return (JSON.parse(Body) as { token: string }).token;
    },
    /** Waits until nothing runs, and gives what has become of an execution. */
    async outcome(executionArn: string) {
      await trace.idle();
      const { status, output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return { status, output: output && (JSON.parse(output) as JsonObject), error, cause };
    },
  };
}

test('a workflow calls a function, writes a row, sends a message, and waits for the answer', async () => {
  const { sfn, begin, pass, token, outcome } = await start();
  const execution = await begin('o-1');
  // The function fails once, and is called again.
  await pass(30);
  const taskToken = await token();
  await pass(50);
  await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  await pass(50);
  expect(await outcome(execution)).toMatchObject({ status: 'RUNNING' });
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"by":"Ada"}' }));
  expect(await outcome(execution)).toMatchObject({
    status: 'SUCCEEDED',
    output: { told: { id: 'o-1', price: { euros: 7, status: 200 }, approval: { by: 'Ada' } } },
  });
});

test('a condition that fails is caught by the name that AWS gives it, and the row is found by a query', async () => {
  const { begin, pass, token, outcome } = await start();
  await begin('o-1');
  await pass(30);
  await token();
  const second = await begin('o-1');
  expect(await outcome(second)).toMatchObject({ status: 'SUCCEEDED', output: { already: '7' } });
});

test('a missed heartbeat is retried with another token, and a failure that is sent is caught', async () => {
  const { sfn, begin, pass, token, outcome } = await start();
  const execution = await begin('o-1');
  await pass(30);
  const late = await token();
  await pass(61);
  await expect(sfn.send(new SendTaskSuccessCommand({ taskToken: late, output: '1' }))).rejects.toMatchObject({
    name: 'TaskTimedOut',
  });
  const taskToken = await token();
  await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'Declined', cause: 'too dear' }));
  expect(await outcome(execution)).toMatchObject({
    status: 'SUCCEEDED',
    output: { told: { declined: { Error: 'Declined', Cause: 'too dear' } } },
  });
});

test('a token is still answered after the local run was started again on its state', async () => {
  const dataDir = makeFolder();
  const first = await start({ dataDir });
  const execution = await first.begin('o-1');
  await first.pass(30);
  const taskToken = await first.token();
  await first.stop();

  const { sfn, outcome } = await start({ dataDir });
  expect(await outcome(execution)).toMatchObject({ status: 'RUNNING' });
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
  let { status, output } = await outcome(execution);
  while (status === 'RUNNING') ({ status, output } = await outcome(execution));
  expect([status, output]).toEqual(['SUCCEEDED', { told: expect.objectContaining({ approval: 'yes' }) }]);
});

describe('without a permission, an execution fails where it is needed:', () => {
  const rows: [without: State, error: string][] = [
    ['Price', 'Lambda.AWSLambdaException'],
    ['Store', 'DynamoDB.AmazonDynamoDBException'],
    ['Find', 'DynamoDb.DynamoDbException'],
    ['Approve', 'SQS.AmazonSQSException'],
    ['Tell', 'Lambda.AWSLambdaException'],
  ];
  const outcomes = new Map<State, unknown>();
  // One system for all of them.
  beforeAll(async () => {
    const { sfn, begin, pass, token, outcome } = await start();
    const executions = new Map<State, string>();
    for (const [without] of rows) executions.set(without, await begin(`o-${without}`, without));
    await pass(30);
    // Two come as far as Approve.
    for (const taskToken of [await token(), await token()])
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    expect(await outcome(executions.get('Find') ?? '')).toMatchObject({ status: 'SUCCEEDED' });
    executions.set('Find', await begin('o-Find', 'Find'));
    for (const [without, execution] of executions) outcomes.set(without, await outcome(execution));
  });

  test.each(rows)('that for %s, with %s', (without, error) => {
    const { Action, Resource } = permissions[without];
    expect(outcomes.get(without)).toMatchObject({
      status: 'FAILED',
      error,
      cause: expect.stringContaining(`is not authorized to perform: ${Action} on resource: ${Resource}`),
    });
  });
});
