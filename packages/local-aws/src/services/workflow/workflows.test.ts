import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import { createClock } from '../../clock.ts';
import type { CallAws } from '../../context.ts';
import type { Iam } from '../../iam.ts';
import { systemIds } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { BusEvent } from '../../target.ts';
import {
  arnOf,
  countsOf,
  deliverTo,
  makeCaller,
  makeContext,
  makeEvent,
  makeIam,
  makePlan,
  settledSteps,
  someGrant,
  stepsOf,
} from '../../testing.ts';
import { Trace } from '../../trace.ts';
import { createWorkflows } from './workflows.ts';

const putEvents = 'arn:aws:states:::events:putEvents';
const machineArn = arnOf('states', 'stateMachine:W');
const roleArn = 'arn:aws:iam::000000000000:role/rule';
const task = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: putEvents,
  End: true,
  ...more,
});
const definition = (States: JsonObject, more: JsonObject = {}): JsonObject => ({
  StartAt: Object.keys(States)[0] ?? '',
  States,
  ...more,
});

const rule = { ruleArn: 'arn:rule', roleArn };
const done = { FailedEntryCount: 0 };
/** What PutEvents answers when it fails as a whole: tasks fail with `EventBridge.EventBridgeException`. */
const broken = async () => {
  throw new AwsError('InternalFailure', 'it broke');
};

const planOf = (of: JsonObject) =>
  makePlan({
    aws_sfn_state_machine: {
      w: { name: 'W', role_arn: 'arn:role', definition: typeof of === 'string' ? of : JSON.stringify(of) },
    },
  });

/**
 * A workflow of these states, and what it does for an event.
 *
 * @param putEvents what its tasks call
 */
function makeWorkflow(of: JsonObject, putEvents: CallAws = async () => done, iam: Iam = makeIam()) {
  const context = makeContext({ iam, callAws: putEvents });
  const { trace, failures } = context;
  const flow = trace.newFlow();
  const workflows = createWorkflows(planOf(of), context);
  const target = workflows.target?.(machineArn, rule);
  /** Delivers an event, and gives the step of the execution when it has ended. */
  const run = async (event: BusEvent = makeEvent()) => {
    await deliverTo(target, event, flow);
    const [step] = await settledSteps(trace, flow);
    return step;
  };
  const call = makeCaller([workflows], context);
  return {
    workflows,
    target,
    trace,
    flow,
    failures,
    run,
    call,
    counts: () => countsOf(context, 'AWS/States'),
  };
}

describe('an execution', () => {
  test('goes through its states, each with the output of the one before it as its input', async () => {
    const inputs: JsonObject[] = [];
    const { run, failures } = makeWorkflow(
      definition({
        First: { Type: 'Pass', Next: 'Second' },
        Second: task({ Parameters: { Entries: { 'Id.$': '$.detail.orderId', Fixed: 1 } } }),
      }),
      async (_, input) => {
        inputs.push(input);
        return done;
      },
    );
    expect(await run()).toEqual({
      kind: 'execution',
      atMs: 0,
      stateMachine: 'W',
      status: 'succeeded',
      states: [
        { name: 'First', status: 'succeeded' },
        { name: 'Second', status: 'succeeded' },
      ],
    });
    expect(inputs).toEqual([{ Entries: { Id: 'o-1', Fixed: 1 } }]);
    expect(failures).toEqual([]);
  });

  test('gets a copy of the event', async () => {
    const event = makeEvent();
    const Parameters = { 'Entries.$': '$$.Execution.Input' };
    const { run } = makeWorkflow(definition({ A: task({ Parameters }) }), async (_, input) => {
      Object.assign(input.Entries ?? {}, { detail: 'changed' });
      return done;
    });
    await run(event);
    expect(event.detail).toEqual({ orderId: 'o-1', location: 'eu-west' });
  });

  test('calls PutEvents in its role and its flow, with its own ARN and that of its state machine', async () => {
    const calls: unknown[] = [];
    const { run, flow } = makeWorkflow(
      definition({ A: task({ Parameters: { Entries: [{}] } }) }),
      async (...what) => {
        calls.push(what);
        return done;
      },
    );
    await run();
    const arn = expect.stringMatching(/^arn:aws:states:eu-west-1:000000000000:execution:W:[0-9a-f-]{36}$/);
    expect(calls).toEqual([
      [
        'AWSEvents.PutEvents',
        { Entries: [{ Detail: '{}', Resources: [arn, machineArn] }] },
        { roleArn: 'arn:role', flowId: flow },
      ],
    ]);
  });

  const result = { ...done, a: 1 };
  test.each([
    ['a Task', task({ ResultPath: '$', Next: 'Last', End: undefined as never })],
    ['a Pass', { Type: 'Pass', Result: result, ResultPath: '$', Next: 'Last' }],
  ])('with the ResultPath "$" of %s goes on with only its result', async (_, state) => {
    const inputs: JsonObject[] = [];
    const { run } = makeWorkflow(definition({ First: state, Last: task() }), async (_target, input) => {
      inputs.push(input);
      return result;
    });
    expect(await run()).toMatchObject({ status: 'succeeded' });
    expect(inputs.at(-1)).toEqual(result);
  });

  test('that fails is reported, and its story has the state and the error', async () => {
    const { run, failures, counts } = makeWorkflow(
      definition({ A: { Type: 'Pass', Next: 'B' }, B: task() }),
      broken,
    );
    expect(await run()).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^EventBridge\.EventBridgeException: it broke /),
      states: [
        { name: 'A', status: 'succeeded' },
        { name: 'B', status: 'failed', error: expect.stringContaining('it broke') },
      ],
    });
    expect(failures).toEqual([
      expect.stringMatching(/^The execution arn:.*:execution:W:.* failed\. .*it broke/),
    ]);
    expect(counts()).toEqual({
      ExecutionsStarted: 1,
      ExecutionsFailed: 1,
      ExecutionTime: expect.any(Number),
    });
  });

  test('of a Fail state fails', async () => {
    const { run } = makeWorkflow(definition({ A: { Type: 'Fail', Error: 'E', Cause: 'because' } }));
    expect(await run()).toMatchObject({
      status: 'failed',
      states: [{ status: 'failed', error: 'E: because' }],
    });
  });

  const Retry = [{ ErrorEquals: ['EventBridge.FailedEntry'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const failedEntry = { FailedEntryCount: 1 };

  test('retries a state as its Retry says, and its story has both attempts', async () => {
    let tries = 0;
    const { run, failures } = makeWorkflow(definition({ A: task({ Retry }) }), async () => {
      tries += 1;
      return tries === 1 ? failedEntry : done;
    });
    expect(await run()).toEqual(
      expect.objectContaining({
        status: 'succeeded',
        states: [
          { name: 'A', status: 'failed', error: `EventBridge.FailedEntry: ${JSON.stringify(failedEntry)}` },
          { name: 'A', status: 'succeeded' },
        ],
      }),
    );
    expect([tries, failures]).toEqual([2, []]);
  });

  test('does not retry a state for an error that its Retry does not name', async () => {
    let tries = 0;
    const { run } = makeWorkflow(definition({ A: task({ Retry }) }), () => {
      tries += 1;
      return broken();
    });
    expect(await run()).toMatchObject({ status: 'failed', states: [{ name: 'A', status: 'failed' }] });
    expect(tries).toBe(1);
  });

  test('goes on where Catch sends an error', async () => {
    const Catch = [{ ErrorEquals: ['EventBridge.EventBridgeException'], Next: 'After' }];
    const { run } = makeWorkflow(definition({ A: task({ Catch }), After: { Type: 'Succeed' } }), broken);
    expect(await run()).toMatchObject({ status: 'succeeded', states: [{ name: 'A' }, { name: 'After' }] });
  });

  test('that runs when the stack is wired again goes on from where it was', async () => {
    const inputs: JsonObject[] = [];
    const begun = Promise.withResolvers<void>();
    const context = makeContext({
      callAws: (_, input) => {
        inputs.push(input);
        begun.resolve();
        return inputs.length === 1 ? new Promise(() => {}) : Promise.resolve(done);
      },
    });
    const plan = planOf(
      definition({ First: { Type: 'Pass', Result: { a: 1 }, Next: 'Second' }, Second: task() }),
    );
    const flow = context.trace.newFlow();
    const first = createWorkflows(plan, context);
    await deliverTo(first.target?.(machineArn, rule), makeEvent(), flow);
    await begun.promise;
    await first.close?.();
    expect(context.trace.isSettled(flow)).toBe(false);

    createWorkflows(plan, context);
    const [step] = await settledSteps(context.trace, flow);
    expect(step).toMatchObject({ status: 'succeeded' });
    // The call that was under way is made again, as nobody knows what became of it.
    expect(inputs).toEqual([{ a: 1 }, { a: 1 }]);
  });

  test('waits by the clock, which can be moved, and the story is settled only then', async () => {
    const clock = createClock();
    const context = makeContext({
      clock,
      trace: new Trace(clock, systemIds),
      callAws: async () => done,
    });
    const flow = context.trace.newFlow();
    const workflows = createWorkflows(
      planOf(definition({ Day: { Type: 'Wait', Seconds: 86_400, Next: 'Send' }, Send: task() })),
      context,
    );
    await deliverTo(workflows.target?.(machineArn, rule), makeEvent(), flow);
    await context.trace.idle();
    expect(context.trace.isSettled(flow)).toBe(false);
    expect(clock.scheduled()).toMatchObject([{ what: 'the workflow W goes on' }]);
    await clock.advance(86_400_000, () => context.trace.idle());
    expect(await settledSteps(context.trace, flow)).toMatchObject([
      {
        status: 'succeeded',
        states: [
          { name: 'Day', status: 'succeeded' },
          { name: 'Send', status: 'succeeded' },
        ],
      },
    ]);
    clock.close();
  });

  test('that waits goes on by the definition that it began with, whatever the machine has by then', async () => {
    const clock = createClock();
    const context = makeContext({ clock, trace: new Trace(clock, systemIds), callAws: async () => done });
    const flow = context.trace.newFlow();
    const before = createWorkflows(
      planOf(definition({ Day: { Type: 'Wait', Seconds: 86_400, Next: 'Send' }, Send: task() })),
      context,
    );
    await deliverTo(before.target?.(machineArn, rule), makeEvent(), flow);
    await context.trace.idle();
    await before.close?.();
    createWorkflows(planOf(definition({ Other: task() })), context);
    await clock.advance(86_400_000, () => context.trace.idle());
    const [step] = await settledSteps(context.trace, flow);
    expect(step).toMatchObject({ status: 'succeeded' });
    expect(context.failures).toEqual([]);
    clock.close();
  });

  test('in JSONata is evaluated', async () => {
    const inputs: JsonObject[] = [];
    const Arguments = { Entries: '{% $states.input.detail.orderId & "!" %}' };
    const { run } = makeWorkflow(
      definition({ A: task({ Arguments }) }, { QueryLanguage: 'JSONata' }),
      async (_, input) => {
        inputs.push(input);
        return done;
      },
    );
    expect(await run()).toMatchObject({ status: 'succeeded' });
    expect(inputs).toEqual([{ Entries: 'o-1!' }]);
  });
});

describe('a target', () => {
  const pass = definition({ A: { Type: 'Pass', End: true } });

  test('is the state machine with exactly its ARN', () => {
    const { workflows, target } = makeWorkflow(pass);
    expect(target?.description).toBe('state machine W');
    expect(workflows.target?.(`${machineArn}2`, rule)).toBeUndefined();
  });

  test('without a role_arn is refused', () => {
    const { workflows } = makeWorkflow(pass);
    expect(() => workflows.target?.(machineArn, { ruleArn: 'arn:rule', roleArn: undefined })).toThrow(
      `the target ${machineArn} needs a role_arn`,
    );
  });

  test('starts an execution whose input is the event', async () => {
    const { target, flow, call } = makeWorkflow(pass);
    await deliverTo(target, makeEvent(), flow);
    const { output: list } = await call('AWSStepFunctions.ListExecutions', { stateMachineArn: machineArn });
    const [{ executionArn }] = list.executions as [JsonObject];
    const { output } = await call('AWSStepFunctions.DescribeExecution', { executionArn });
    expect(JSON.parse(String(output.input))).toEqual(makeEvent());
  });

  test.each([
    [
      'which EventBridge may not assume',
      'sts:AssumeRole',
      `events.amazonaws.com sts:AssumeRole ${roleArn} arn:rule`,
    ],
    [
      'which may not start executions',
      'states:StartExecution',
      `${roleArn} states:StartExecution ${machineArn}`,
    ],
  ])('with a role %s fails its deliveries, and starts nothing', async (_, denied, what) => {
    const { target, flow, trace } = makeWorkflow(pass, undefined, makeIam(denied));
    await expect(deliverTo(target, makeEvent(), flow)).rejects.toThrow(`denied: ${what}`);
    expect(stepsOf(trace, flow)).toEqual([]);
  });

  test("fails its deliveries when Step Functions may not assume the state machine's role", async () => {
    const iam: Iam = {
      ...makeIam(),
      authorizeService(service, ...what) {
        if (service === 'states.amazonaws.com') throw new Error(`denied: ${service} ${what.join(' ')}`);
        return someGrant;
      },
    };
    const { target, flow, trace } = makeWorkflow(pass, undefined, iam);
    await expect(deliverTo(target, makeEvent(), flow)).rejects.toThrow(
      `denied: states.amazonaws.com sts:AssumeRole arn:role ${machineArn}`,
    );
    expect(stepsOf(trace, flow)).toEqual([]);
  });
});

describe('a definition', () => {
  const parallel = (name: string) => ({
    Type: 'Parallel',
    Branches: [definition({ [name]: task() })],
    Next: 'Send',
  });
  test.each<[string, JsonObject, RegExp]>([
    [
      'that calls another service',
      definition({ A: task({ Resource: 'arn:aws:states:::sns:publish' }) }),
      /w: the state at \/States\/A calls arn:aws:states:::sns:publish; the local run knows dynamodb:deleteItem, .*ARN$/,
    ],
    [
      'that calls another action of a service that is known',
      definition({ A: task({ Resource: 'arn:aws:states:::aws-sdk:dynamodb:scan' }) }),
      /the state at \/States\/A calls .*scan; the local run knows/,
    ],
    [
      'that waits for a token where AWS has none',
      definition({ A: task({ Resource: 'arn:aws:states:::dynamodb:getItem.waitForTaskToken' }) }),
      /\/States\/A calls .*; dynamodb:getItem has the patterns requestResponse$/,
    ],
    [
      'that waits for the end of a call',
      definition({ A: task({ Resource: 'arn:aws:states:::lambda:invoke.sync' }) }),
      /\/States\/A calls .*; lambda:invoke has the patterns requestResponse, waitForTaskToken$/,
    ],
    [
      'that gives a parameter which is not known',
      definition({ A: task({ Parameters: { 'Entries.$': '$', EndpointId: 'a.b' } }) }),
      /\/States\/A calls .*:putEvents with EndpointId; the local run knows Entries$/,
    ],
    [
      'that lacks a parameter',
      definition({
        A: task({ Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: { QueueUrl: 'q' } }),
      }),
      /\/States\/A calls .* without MessageBody, which it requires$/,
    ],
    [
      'that calls a property that every object has',
      definition({ A: task({ Resource: 'arn:aws:states:::events:toString' }) }),
      /the state at \/States\/A calls/,
    ],
    [
      'that calls nothing',
      definition({ A: { Type: 'Task', End: true } }),
      /required: \[Resource\] at \/States\/A/,
    ],
    [
      'that calls a function in an inner state',
      definition({
        M: {
          Type: 'Map',
          End: true,
          ItemProcessor: definition({ In: task({ Resource: 'arn:aws:states:::sns:publish' }) }),
        },
      }),
      /the state at \/States\/M\/ItemProcessor\/States\/In calls/,
    ],
    [
      'that calls a function in an inner state of an Iterator',
      definition({
        M: {
          Type: 'Map',
          End: true,
          Iterator: definition({ In: task({ Resource: 'arn:aws:states:::sns:publish' }) }),
        },
      }),
      /the state at \/States\/M\/Iterator\/States\/In calls/,
    ],
    [
      'that is no JSON',
      '{' as unknown as JsonObject,
      /^aws_sfn_state_machine\.w: its definition isn't taken/,
    ],
    [
      'with a field that AWS does not know',
      definition({ A: task({ Parametres: {} }) }),
      /w: its definition isn't taken.*Parametres/,
    ],
    [
      'with two tasks of one name',
      definition({ P: parallel('Send'), Send: task() }),
      /Duplicate State name: Send/,
    ],
  ])('%s is refused', (_, of, message) => {
    expect(() => makeWorkflow(of)).toThrow(UnsupportedError);
    expect(() => makeWorkflow(of)).toThrow(message);
  });

  test('that names JSONPath runs', async () => {
    const { run } = makeWorkflow(definition({ A: task() }, { QueryLanguage: 'JSONPath' }));
    expect(await run()).toMatchObject({ status: 'succeeded' });
  });
});
