import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDispatch } from '../../aws.ts';
import { type LocalServer, listen } from '../../server.ts';
import { shown } from '../../shown-by.ts';
import { arnOf, FakeClock, makeContext, makePlan, sdkConfig, systemIds } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import type { Segment } from './segments.ts';
import { createTraces } from './traces.ts';
import { createXrayApi } from './xray-api.ts';

const plan = makePlan({
  aws_lambda_function: {
    f: { function_name: 'f', tracing_config: { mode: 'Active' } },
    untraced: { function_name: 'untraced', tracing_config: { mode: 'PassThrough' } },
  },
  aws_sfn_state_machine: { w: { name: 'W', tracing_configuration: { enabled: true } } },
});

let server: LocalServer;
let client: XRayClient;
let clock: FakeClock;
let trace: Trace;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  clock = new FakeClock();
  trace = new Trace(clock, systemIds);
  const { iam } = makeContext();
  const { operations } = createTraces(plan, { trace });
  const dispatch = createDispatch(operations ? [shown(operations)] : [], iam);
  server.serve([createXrayApi({ dispatch, iam, trace })], []);
  client = new XRayClient(sdkConfig(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

/** An invocation in a flow of its own, that takes some time. */
function invoke(name: string, ms: number, error?: string): string {
  const flowId = trace.newFlow();
  const span = trace.begin(flowId, { kind: 'invocation', function: name, requestId: 'r-1' });
  clock.advance(ms);
  if (error === undefined) span.end();
  else span.fail(error);
  return flowId;
}
const segmentsOf = async (...TraceIds: string[]) => {
  const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds }));
  return Traces.flatMap(({ Segments = [] }) =>
    Segments.map(({ Document = '' }) => JSON.parse(Document) as Segment),
  );
};
const summaries = async (FilterExpression?: string) => {
  const [StartTime, EndTime] = [new Date(clock.now() - 3_600_000), new Date(clock.now())];
  const command = new GetTraceSummariesCommand({
    StartTime,
    EndTime,
    ...(FilterExpression !== undefined && { FilterExpression }),
  });
  return (await client.send(command)).TraceSummaries ?? [];
};
const idsOf = async (filter?: string) => (await summaries(filter)).map(({ Id }) => Id);

describe('a trace', () => {
  test('has a segment for each invocation and each execution that the stack has traced', async () => {
    const flowId = trace.newFlow();
    const begin = clock.now() / 1_000;
    const first = trace.begin(flowId, { kind: 'invocation', function: 'f', requestId: 'r-1' });
    trace.record(flowId, { kind: 'invocation', function: 'untraced' });
    clock.advance(1_000);
    first.end();
    const execution = trace.begin(flowId, { kind: 'execution', stateMachine: 'W', executionArn: 'arn:e' });
    const state = trace.begin(flowId, { kind: 'state', name: 'Publish' }, execution);
    clock.advance(500);
    state.fail('EventBridge.Failed: no bus');
    execution.fail('EventBridge.Failed: no bus');
    const failed = {
      fault: true,
      cause: { exceptions: [{ type: 'EventBridge.Failed', message: 'no bus' }] },
    };
    expect(await segmentsOf(flowId)).toMatchObject([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        trace_id: flowId,
        name: 'f',
        origin: 'AWS::Lambda',
        start_time: begin,
        end_time: begin + 1,
        http: { response: { status: 200 } },
        aws: { function_arn: arnOf('lambda', 'function:f'), request_id: 'r-1' },
      },
      {
        name: 'W',
        origin: 'AWS::StepFunctions::StateMachine',
        end_time: begin + 1.5,
        ...failed,
        aws: { state_machine_arn: arnOf('states', 'stateMachine:W'), execution_arn: 'arn:e' },
        subsegments: [{ name: 'Publish', start_time: begin + 1, ...failed }],
      },
    ]);
    expect(await summaries()).toMatchObject([
      {
        Id: flowId,
        Duration: 1.5,
        ResponseTime: 1,
        HasFault: true,
        HasError: false,
        HasThrottle: false,
        IsPartial: false,
        Http: { HttpStatus: 200 },
        EntryPoint: { Name: 'f', Type: 'AWS::Lambda' },
        ServiceIds: [{ Name: 'f' }, { Name: 'W' }],
      },
    ]);
  });

  test('has the attempts of an asynchronous invocation, and says what is in progress', async () => {
    const flowId = trace.newFlow();
    const span = trace.begin(flowId, { kind: 'invocation', function: 'f' });
    trace.begin(flowId, { kind: 'attempt', number: 1 }, span).fail('RangeError: too far');
    const second = trace.begin(flowId, { kind: 'attempt', number: 2 }, span);
    const [segment] = await segmentsOf(flowId);
    expect(segment).toMatchObject({
      in_progress: true,
      subsegments: [
        { name: 'Attempt #1', fault: true },
        { name: 'Attempt #2', in_progress: true },
      ],
    });
    expect(segment).not.toHaveProperty('end_time');
    expect(await summaries()).toMatchObject([{ Id: flowId, IsPartial: true }]);
    second.end();
    span.end();
    expect(await summaries()).toMatchObject([{ Id: flowId, IsPartial: false }]);
  });

  test('is left out that is unknown, or has nothing that is traced', async () => {
    const untraced = invoke('untraced', 1);
    const answer = await client.send(
      new BatchGetTracesCommand({ TraceIds: [untraced, '1-5759e988-bd862e3fe1be46a994272793'] }),
    );
    expect(answer).toMatchObject({ Traces: [], UnprocessedTraceIds: [] });
    expect(await summaries()).toEqual([]);
  });
});

describe('summaries', () => {
  test('are of the traces that began in a time', async () => {
    invoke('f', 10);
    clock.advance(2 * 3_600_000);
    const later = invoke('f', 10);
    expect(await idsOf()).toEqual([later]);
  });

  test('are those that a filter expression takes', async () => {
    const slow = invoke('f', 4_000);
    const fast = invoke('f', 10);
    const failed = invoke('f', 10, 'RangeError: too far');
    const refused = invoke('f', 0, 'TooManyRequestsException: Rate Exceeded.');
    const all = [slow, fast, failed, refused];
    expect(await idsOf('service("f") AND responsetime > 3')).toEqual([slow]);
    expect(await idsOf('service("other") OR duration >= 4')).toEqual([slow]);
    expect(await idsOf('fault')).toEqual([failed]);
    expect(await idsOf('throttle AND error')).toEqual([refused]);
    expect(await idsOf('ok')).toEqual([slow, fast]);
    expect(await idsOf('!ok')).toEqual([failed, refused]);
    expect(await idsOf('http.status = 429')).toEqual([refused]);
    expect(await idsOf('http.status != 429 AND (fault OR responsetime < 1)')).toEqual([fast, failed]);
    expect(await idsOf('!partial')).toEqual(all);
  });

  test.each([
    ['user = "me"', /user == … isn't known/],
    ['annotation.order = 3', /annotation\.order == … isn't known/],
    ['edge("a", "b")', /edge\(…\) isn't known/],
    ['slow', /slow isn't known\. The local run knows ok, fault/],
    ['service("f") {fault}', /isn't known|Unexpected/],
    ['responsetime > "3"', /responsetime > … isn't known/],
    ['(ok', /Unclosed \(/],
  ])('refuse the filter expression %s by name', async (filter, message) => {
    await expect(summaries(filter)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringMatching(message),
    });
  });
});

test('a filter expression that is longer than X-Ray takes one is refused', async () => {
  await expect(summaries(`ok${' AND ok'.repeat(1_000)}`)).rejects.toThrow(
    /it has 7002 characters; X-Ray takes 2000/,
  );
});

test('more traces than X-Ray takes at once, another range of time, and another operation are refused', async () => {
  await expect(segmentsOf('1', '2', '3', '4', '5', '6')).rejects.toThrow(/TraceIds has 6 ids; X-Ray takes 5/);
  const times = { StartTime: new Date(), EndTime: new Date() };
  await expect(
    client.send(new GetTraceSummariesCommand({ ...times, TimeRangeType: 'Event' })),
  ).rejects.toThrow(/TimeRangeType is "Event"; allowed is TraceId/);
  await expect(
    client.send(new GetTraceSummariesCommand({ ...times, TimeRangeType: 'TraceId' })),
  ).resolves.toMatchObject({
    TraceSummaries: [],
  });
  await expect(client.send(new GetServiceGraphCommand(times))).rejects.toThrow(
    /doesn't know AWSXRay\.ServiceGraph\. It knows AWSXRay\.GetTraceSummaries, AWSXRay\.BatchGetTraces/,
  );
});
