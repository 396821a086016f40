import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StatesError, TaskTokens } from '@orders/states-language';
import { type LocalServer, listen } from '../../server.ts';
import {
  arnOf,
  countsOf,
  makeCaller,
  makeContext,
  makeIam,
  makePlan,
  sdkConfig,
  serveAws,
  type TestContext,
  until,
} from '../../testing.ts';
import type { CallResource } from './call-task.ts';
import { createMachine } from './machine.ts';
import { stepFunctionsOperations } from './step-functions-operations.ts';
import { type Account, createWorkflow, type Workflow } from './workflow.ts';

const stateMachineArn = arnOf('states', 'stateMachine:W');
const executionArnOf = (name: string) => arnOf('states', `execution:W:${name}`);
const definition = {
  StartAt: 'A',
  States: { A: { Type: 'Task', Resource: 'arn:aws:states:::events:putEvents', End: true } },
};
/** What the task does. */
let task: CallResource;
const plan = makePlan({
  aws_sfn_state_machine: { w: { name: 'W', role_arn: 'arn:role', definition: JSON.stringify(definition) } },
});
const [resource] = plan.resources('aws_sfn_state_machine');
const account: Account = { tokens: new TaskTokens(), callResource: (...call) => task(...call) };
const operationsOn = (list: readonly Workflow[]) =>
  stepFunctionsOperations(list, plan.place, account, context);

/** The operations as a client finds them: the AWS SDK before the server, and a workflow of one task. */
let server: LocalServer;
let sfn: SFNClient;
let context: TestContext;
let workflow: Workflow;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  task = async () => ({ done: true });
  context = makeContext();
  if (!resource) throw new Error('The plan has no state machine');
  workflow = createWorkflow(createMachine(resource, 'eu-west-1'), context, account);
  serveAws(server, [{ operations: operationsOn([workflow]) }], context);
  sfn = new SFNClient(sdkConfig(server));
});
afterEach(async () => {
  workflow.close();
  sfn.destroy();
  await server.close();
});

const start = (input?: string, name?: string) =>
  sfn.send(new StartExecutionCommand({ stateMachineArn, input, name }));
const describeExecution = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));
const namesOf = async (statusFilter?: 'RUNNING' | 'SUCCEEDED' | 'FAILED') => {
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter }));
  return executions?.map(({ name }) => name);
};
const ended = () =>
  until(
    () => workflow.executions().every(({ progress }) => progress.status !== 'RUNNING'),
    'every execution has ended',
  );

describe('ListStateMachines', () => {
  test('lists the state machines of the stack', async () => {
    const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toEqual([
      { stateMachineArn, name: 'W', type: 'STANDARD', creationDate: expect.any(Date) },
    ]);
  });
});

describe('StartExecution', () => {
  test('runs the workflow, and DescribeExecution gives its outcome', async () => {
    const { executionArn = '', startDate } = await start('{"a":1}', 'one');
    await ended();
    expect(executionArn).toBe(executionArnOf('one'));
    expect(await describeExecution(executionArn)).toMatchObject({
      executionArn,
      stateMachineArn,
      name: 'one',
      status: 'SUCCEEDED',
      startDate,
      stopDate: expect.any(Date),
      input: '{"a":1}',
      output: '{"done":true}',
    });
  });

  test('starts an execution with a new name and an empty object when the caller gives neither', async () => {
    const { executionArn = '' } = await start();
    await ended();
    expect(executionArn).toMatch(/:execution:W:[0-9a-f-]{36}$/);
    expect((await describeExecution(executionArn)).input).toBe('{}');
  });

  test('starts an execution that fails with the error of its task, and its message', async () => {
    task = async () => {
      throw new StatesError('Custom.Error', 'it broke');
    };
    const { executionArn = '' } = await start();
    await ended();
    const { status, error, cause, output } = await describeExecution(executionArn);
    expect([status, error, cause, output]).toEqual(['FAILED', 'Custom.Error', 'it broke', undefined]);
  });

  test('with the same name and input gives the same execution while that one runs', async () => {
    const work = Promise.withResolvers<null>();
    let calls = 0;
    task = () => {
      calls += 1;
      return work.promise;
    };
    const first = await start('{}', 'one');
    expect((await start('{}', 'one')).executionArn).toBe(first.executionArn);
    await expect(start('{"other":1}', 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    work.resolve(null);
    await ended();
    await expect(start('{}', 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(calls).toBe(1);
  });

  test.each([
    ['input that is not JSON', '{', undefined, 'InvalidExecutionInput'],
    [
      'an input of more than 256 KiB',
      JSON.stringify('a'.repeat(256 * 1024)),
      undefined,
      'InvalidExecutionInput',
    ],
    ['a name with a colon', '{}', 'a:b', 'InvalidName'],
    ['a name with a space', '{}', 'a b', 'InvalidName'],
    ['a name of 81 characters', '{}', 'a'.repeat(81), 'InvalidName'],
  ])('refuses %s, and starts nothing', async (_, input, name, error) => {
    await expect(start(input, name)).rejects.toMatchObject({ name: error });
    expect(workflow.executions()).toEqual([]);
  });

  test('refuses a state machine that is not in the stack, and lists those that are', async () => {
    const other = `${stateMachineArn}2`;
    await expect(sfn.send(new StartExecutionCommand({ stateMachineArn: other }))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
      message: expect.stringContaining(`The stack has ${stateMachineArn}`),
    });
  });

  test('refuses a parameter that it does not know, and lists those that it knows', async () => {
    const command = new StartExecutionCommand({ stateMachineArn, traceHeader: 'Root=1-a-b' });
    await expect(sfn.send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/parameter traceHeader\. It knows stateMachineArn, input, name/),
    });
  });
});

describe('ListExecutions', () => {
  test('lists the newest first, of all or of one status', async () => {
    await start('{}', 'good');
    await ended();
    task = () => Promise.reject(new StatesError('Custom.Error', 'it broke'));
    await start('{}', 'bad');
    await ended();
    expect(await namesOf()).toEqual(['bad', 'good']);
    expect(await namesOf('FAILED')).toEqual(['bad']);
    expect(await namesOf('SUCCEEDED')).toEqual(['good']);
    expect(await namesOf('RUNNING')).toEqual([]);
  });

  test('refuses an unknown status, and lists those that are allowed', async () => {
    const statusFilter = 'RUNING' as 'RUNNING';
    await expect(
      sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('is "RUNING"; allowed is RUNNING, SUCCEEDED, FAILED'),
    });
  });

  test('lists the last thousand executions, and every one that still runs', async () => {
    const work = Promise.withResolvers<null>();
    let called = false;
    task = () => {
      called = true;
      return work.promise;
    };
    const flow = context.trace.newFlow();
    workflow.start('{}', flow, 'runs');
    await until(() => called, 'the first one runs');
    task = async () => null;
    for (let count = 0; count < 1_000; count += 1) {
      workflow.start('{}', flow, `n${count}`);
      await until(
        () => workflow.executions()[0]?.progress.status === 'SUCCEEDED',
        `execution ${count} has ended`,
      );
    }
    const names = workflow.executions().map(({ progress }) => progress.name);
    expect(names).toHaveLength(1_000);
    expect([names.at(0), names.at(-2), names.at(-1)]).toEqual(['n999', 'n1', 'runs']);
    work.resolve(null);
  });
});

test('DescribeExecution refuses an execution that it does not know', async () => {
  await expect(describeExecution(executionArnOf('none'))).rejects.toMatchObject({
    name: 'ExecutionDoesNotExist',
  });
});

describe('an execution', () => {
  test('has its history, event by event, in either order', async () => {
    const { executionArn = '' } = await start('{}', 'one');
    await ended();
    const history = async (more: object) =>
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn, ...more }))).events ?? [];
    const events = await history({ includeExecutionData: true });
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events[1]).toMatchObject({ timestamp: expect.any(Date), stateEnteredEventDetails: { name: 'A' } });
    expect((await history({ reverseOrder: true, maxResults: 1 })).map(({ type }) => type)).toEqual([
      'ExecutionSucceeded',
    ]);
  });

  test('that is stopped is aborted, with the reason that was given', async () => {
    task = () => new Promise(() => {});
    const { executionArn = '' } = await start('{}', 'one');
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'it hangs' }));
    await ended();
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'it hangs',
    });
    expect(countsOf(context, 'AWS/States')).toMatchObject({ ExecutionsStarted: 1, ExecutionsAborted: 1 });
  });

  test('that failed is redriven from the state that failed', async () => {
    task = () => Promise.reject(new StatesError('Custom.Error', 'it broke'));
    const { executionArn = '' } = await start('{}', 'one');
    await ended();
    task = async () => ({ done: true });
    await sfn.send(new RedriveExecutionCommand({ executionArn }));
    await ended();
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"done":true}',
      redriveCount: 1,
    });
    await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
    });
  });
});

test('DescribeStateMachine gives the definition of the stack', async () => {
  expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
    name: 'W',
    status: 'ACTIVE',
    roleArn: 'arn:role',
    definition: JSON.stringify(definition),
  });
});

test.each([
  ['DescribeStateMachine', { stateMachineArn }, stateMachineArn],
  ['GetExecutionHistory', { executionArn: executionArnOf('one') }, executionArnOf('one')],
  ['StopExecution', { executionArn: executionArnOf('one') }, executionArnOf('one')],
  ['RedriveExecution', { executionArn: executionArnOf('one') }, executionArnOf('one')],
  ['ListStateMachines', {}, '*'],
  ['StartExecution', { stateMachineArn }, stateMachineArn],
  ['ListExecutions', { stateMachineArn }, stateMachineArn],
  ['DescribeExecution', { executionArn: executionArnOf('one') }, executionArnOf('one')],
])('%s needs the permission of its own name', async (name, input, resource) => {
  const denying = makeContext({ iam: makeIam(`states:${name}`) });
  const call = makeCaller([{ operations: operationsOn([workflow]) }], denying);
  const authorization = `AWS4-HMAC-SHA256 Credential=${denying.iam.openSession('arn:caller')}/…`;
  expect(await call(`AWSStepFunctions.${name}`, input, { authorization })).toMatchObject({
    status: 400,
    output: {
      __type: 'AccessDeniedException',
      message: `denied: arn:caller states:${name} ${resource}`,
    },
  });
  expect(workflow.executions()).toEqual([]);
});

describe('a task token', () => {
  test('has its task told of a heartbeat, and of the answer', async () => {
    const told: unknown[] = [];
    const open = (id: string) => {
      const taskToken = account.tokens.create(executionArnOf('one'), id);
      account.tokens.open(taskToken, {
        answer: async (answer) => void told.push(answer),
        heartbeat: async () => void told.push('heartbeat'),
      });
      return taskToken;
    };
    const taskToken = open('first');
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"a":1}' }));
    await sfn.send(
      new SendTaskFailureCommand({ taskToken: open('second'), error: 'Declined', cause: 'too dear' }),
    );
    expect(told).toMatchObject(['heartbeat', { output: { a: 1 } }, { error: 'Declined', cause: 'too dear' }]);
  });

  const token = Buffer.from(JSON.stringify(['task', executionArnOf('one'), 'id'])).toString('base64');

  test.each([
    ['SendTaskSuccess', { output: '1' }],
    ['SendTaskFailure', { error: 'E', cause: 'why' }],
    ['SendTaskHeartbeat', {}],
  ])('is answered by %s, with the permission on the state machine of its task', async (name, input) => {
    const call = makeCaller([{ operations: operationsOn([workflow]) }], context);
    expect(await call(`AWSStepFunctions.${name}`, { taskToken: token, ...input })).toMatchObject({
      output: { __type: 'TaskTimedOut' },
    });
    expect(await call(`AWSStepFunctions.${name}`, { taskToken: 'made-up', ...input })).toMatchObject({
      output: { __type: 'InvalidToken' },
    });
    const denying = makeContext({ iam: makeIam(`states:${name}`) });
    const as = makeCaller([{ operations: operationsOn([workflow]) }], denying);
    const authorization = `AWS4-HMAC-SHA256 Credential=${denying.iam.openSession('arn:caller')}/…`;
    expect(
      await as(`AWSStepFunctions.${name}`, { taskToken: token, ...input }, { authorization }),
    ).toMatchObject({
      output: { message: `denied: arn:caller states:${name} ${stateMachineArn}` },
    });
  });
});

test('the story of an execution that waits for an answer is not settled, and nothing of it runs', async () => {
  const waiting = { ...definition.States.A, Resource: 'arn:aws:states:::events:putEvents.waitForTaskToken' };
  const [machine] = makePlan({
    aws_sfn_state_machine: {
      v: {
        name: 'V',
        role_arn: 'arn:role',
        definition: JSON.stringify({ StartAt: 'A', States: { A: waiting } }),
      },
    },
  }).resources('aws_sfn_state_machine');
  if (!machine) throw new Error('The plan has no state machine');
  const flow = context.trace.newFlow();
  const v = createWorkflow(createMachine(machine, 'eu-west-1'), context, account);
  v.start('{}', flow);
  await context.trace.idle();
  expect(context.trace.isSettled(flow)).toBe(false);
  v.close();
});
