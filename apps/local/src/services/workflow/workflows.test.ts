import { describe, expect, test } from '@jest/globals';
import type { Iam } from '../../iam.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { arnOf, makeEvent, makeIam, makePlan } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import type { BusEvent } from '../event-bus/event-bus.ts';
import { type Integration, TaskError } from './machine.ts';
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

/** A workflow of these states, and what it tells. */
function makeWorkflow(of: JsonObject, integration: Integration = async () => null, iam: Iam = makeIam()) {
  const trace = new Trace();
  const flow = trace.newFlow();
  trace.link(flow, 'o');
  const failures: string[] = [];
  const workflows = createWorkflows(
    makePlan({
      aws_sfn_state_machine: { w: { name: 'W', role_arn: 'arn:role', definition: JSON.stringify(of) } },
    }),
    {
      iam,
      trace,
      integrations: { 'events:putEvents': integration },
      onFailure: (message) => failures.push(message),
    },
  );
  const target = workflows.target(machineArn, { arn: 'arn:rule', roleArn });
  /** Delivers an event, and tells of the execution when it ended. */
  const run = async (event: BusEvent = makeEvent()) => {
    await target?.deliver(event, flow);
    const story = await trace.settled('o', 5_000);
    return story?.steps[0];
  };
  return { workflows, target, trace, flow, failures, run };
}

describe('an execution', () => {
  test('goes through its states, each given what the one before it gave', async () => {
    const inputs: JsonValue[] = [];
    const { run, failures } = makeWorkflow(
      definition({
        First: { Type: 'Pass', Next: 'Second' },
        Second: task({ Parameters: { 'Id.$': '$.detail.orderId', Fixed: 1 } }),
      }),
      async (parameters) => inputs.push(parameters),
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
    expect(inputs).toEqual([{ Id: 'o-1', Fixed: 1 }]);
    expect(failures).toEqual([]);
  });

  test('gets the event as its own copy', async () => {
    const event = makeEvent();
    const Parameters = { 'Event.$': '$$.Execution.Input' };
    const { run } = makeWorkflow(definition({ A: task({ Parameters }) }), async (parameters) => {
      Object.assign(parameters.Event ?? {}, { detail: 'changed' });
      return null;
    });
    await run(event);
    expect(event.detail).toEqual({ orderId: 'o-1', location: 'eu-west' });
  });

  test('tells its tasks on whose behalf they run', async () => {
    const told: unknown[] = [];
    const { run, flow } = makeWorkflow(definition({ A: task() }), async (_, execution) => {
      told.push(execution);
      return null;
    });
    await run();
    const arn = expect.stringMatching(/^arn:aws:states:eu-west-1:000000000000:execution:W:[0-9a-f-]{36}$/);
    expect(told).toEqual([{ arn, stateMachineArn: machineArn, roleArn: 'arn:role', flowId: flow }]);
  });

  test.each([
    ['a Task', task({ ResultPath: '$', Next: 'Last', End: undefined as never })],
    ['a Pass', { Type: 'Pass', Result: { a: 1 }, ResultPath: '$', Next: 'Last' }],
  ])('with the ResultPath "$" of %s has its result for the whole', async (_, state) => {
    const inputs: JsonValue[] = [];
    const { run } = makeWorkflow(definition({ First: state, Last: task() }), async (parameters) => {
      inputs.push(parameters);
      return { a: 1 };
    });
    expect(await run()).toMatchObject({ status: 'succeeded' });
    expect(inputs.at(-1)).toEqual({ a: 1 });
  });

  test('that fails is told with the state and the error, and ends nothing else', async () => {
    const { run, failures } = makeWorkflow(
      definition({ A: { Type: 'Pass', Next: 'B' }, B: task() }),
      async () => {
        throw new TaskError('Custom.Error', 'it broke');
      },
    );
    expect(await run()).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('it broke'),
      states: [
        { name: 'A', status: 'succeeded' },
        { name: 'B', status: 'failed', error: 'Custom.Error: it broke' },
      ],
    });
    expect(failures).toEqual([
      expect.stringMatching(/^The execution arn:.*:execution:W:.* failed\. .*it broke/),
    ]);
  });

  test('of a Fail state fails', async () => {
    const { run } = makeWorkflow(definition({ A: { Type: 'Fail', Error: 'E', Cause: 'because' } }));
    expect(await run()).toMatchObject({
      status: 'failed',
      states: [{ status: 'failed', error: 'E: because' }],
    });
  });

  test('is tried again as Retry says, and what then succeeds is told as succeeded', async () => {
    let tries = 0;
    const Retry = [{ ErrorEquals: ['EventBridge.FailedEntry'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const { run, failures } = makeWorkflow(definition({ A: task({ Retry }) }), async () => {
      tries += 1;
      if (tries === 1) throw new TaskError('EventBridge.FailedEntry', 'not yet');
      return null;
    });
    expect(await run()).toEqual(
      expect.objectContaining({ status: 'succeeded', states: [{ name: 'A', status: 'succeeded' }] }),
    );
    expect([tries, failures]).toEqual([2, []]);
  });

  test('is not tried again for an error that Retry does not name', async () => {
    let tries = 0;
    const Retry = [{ ErrorEquals: ['EventBridge.FailedEntry'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const { run } = makeWorkflow(definition({ A: task({ Retry }) }), async () => {
      tries += 1;
      throw new TaskError('Other.Error', 'no');
    });
    expect(await run()).toMatchObject({ status: 'failed' });
    expect(tries).toBe(1);
  });

  test('goes where Catch sends an error', async () => {
    const Catch = [{ ErrorEquals: ['Custom.Error'], Next: 'After' }];
    const { run } = makeWorkflow(definition({ A: task({ Catch }), After: { Type: 'Succeed' } }), async () => {
      throw new TaskError('Custom.Error', 'it broke');
    });
    expect(await run()).toMatchObject({ status: 'succeeded', states: [{ name: 'A' }, { name: 'After' }] });
  });

  test('that is in flight is aborted by close', async () => {
    const begun = Promise.withResolvers<void>();
    const work = Promise.withResolvers<null>();
    const { run, workflows } = makeWorkflow(definition({ A: task() }), () => {
      begun.resolve();
      return work.promise;
    });
    const step = run();
    await begun.promise;
    workflows.close();
    expect(await step).toMatchObject({ status: 'failed', error: expect.stringMatching(/abort/i) });
    work.resolve(null);
  });
});

describe('a target', () => {
  const pass = definition({ A: { Type: 'Pass', End: true } });

  test('is the state machine with its ARN only', () => {
    const { workflows, target } = makeWorkflow(pass);
    expect(target?.description).toBe('state machine W');
    expect(workflows.target(`${machineArn}2`, { arn: 'arn:rule', roleArn })).toBeUndefined();
  });

  test('without a role_arn is refused', () => {
    expect(() =>
      makeWorkflow(pass).workflows.target(machineArn, { arn: 'arn:rule', roleArn: undefined }),
    ).toThrow(`the target ${machineArn} needs a role_arn`);
  });

  test.each<[string, keyof Iam, string]>([
    ['which EventBridge may not assume', 'authorizeAssume', `events.amazonaws.com ${roleArn}`],
    ['which may not start executions', 'authorizeRole', `${roleArn} states:StartExecution ${machineArn}`],
  ])('with a role %s fails its deliveries, and starts nothing', async (_, denied, what) => {
    const { target, flow, trace } = makeWorkflow(pass, undefined, makeIam(denied));
    await expect(target?.deliver(makeEvent(), flow)).rejects.toThrow(`denied: ${what}`);
    expect(trace.order('o')?.steps).toEqual([]);
  });

  test("fails its deliveries when Step Functions may not assume the state machine's role", async () => {
    const iam = makeIam();
    iam.authorizeAssume = (service, role) => {
      if (service === 'states.amazonaws.com') throw new Error(`${service} ${role}`);
    };
    const { target, flow } = makeWorkflow(pass, undefined, iam);
    await expect(target?.deliver(makeEvent(), flow)).rejects.toThrow('states.amazonaws.com arn:role');
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
      'in JSONata',
      definition({ A: task() }, { QueryLanguage: 'JSONata' }),
      /^aws_sfn_state_machine\.w: .*JSONPath only/,
    ],
    ['with one state in JSONata', definition({ A: task({ QueryLanguage: 'JSONata' }) }), /JSONPath only/],
    [
      'with an inner state in JSONata',
      definition({
        P: { Type: 'Parallel', End: true, Branches: [definition({ A: task({ QueryLanguage: 'JSONata' }) })] },
      }),
      /JSONPath only/,
    ],
    [
      'that calls a function',
      definition({ A: task({ Resource: 'arn:aws:lambda:eu-west-1:0:function:f' }) }),
      /w: the state A calls arn:aws:lambda.*knows arn:aws:states:::events:putEvents$/,
    ],
    [
      'that calls another service',
      definition({ A: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) }),
      /the state A calls/,
    ],
    [
      'that waits for a token',
      definition({ A: task({ Resource: `${putEvents}.waitForTaskToken` }) }),
      /the state A calls/,
    ],
    [
      'that calls what every object has',
      definition({ A: task({ Resource: 'arn:aws:states:::toString' }) }),
      /the state A calls/,
    ],
    ['that calls nothing', definition({ A: { Type: 'Task', End: true } }), /the state A calls/],
    [
      'that calls a function in an inner state',
      definition({
        M: { Type: 'Map', End: true, ItemProcessor: definition({ In: task({ Resource: 'x' }) }) },
      }),
      /the state In calls/,
    ],
    [
      'that calls a function in an inner state, the old way',
      definition({ M: { Type: 'Map', End: true, Iterator: definition({ In: task({ Resource: 'x' }) }) } }),
      /the state In calls/,
    ],
    [
      'with two tasks of one name',
      definition({ P: parallel('Send'), Send: task() }),
      /two states are called Send/,
    ],
  ])('%s is refused', (_, of, message) => {
    expect(() => makeWorkflow(of)).toThrow(UnsupportedError);
    expect(() => makeWorkflow(of)).toThrow(message);
  });

  test('that names JSONPath is taken', async () => {
    const { run } = makeWorkflow(definition({ A: task() }, { QueryLanguage: 'JSONPath' }));
    expect(await run()).toMatchObject({ status: 'succeeded' });
  });
});
