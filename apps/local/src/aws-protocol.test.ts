import { describe, expect, test } from '@jest/globals';
import { createAwsProtocol } from './aws-protocol.ts';
import type { JsonObject } from './json.ts';
import type { EventBuses } from './services/event-bus/event-bus.ts';
import { createLogs } from './services/logs.ts';
import { createQueues } from './services/queue/queues.ts';
import { arnOf, makeEvent, makeIam, makePlan, makeServices } from './testing.ts';
import { Trace } from './trace.ts';

const logs = createLogs(makePlan({ aws_cloudwatch_log_group: { a: { name: '/aws/a' } } }));
for (const [stream, message] of [
  ['s1', 'a'],
  ['s2', 'b'],
  ['s1', 'c'],
] as const)
  logs.append('/aws/a', stream, message);
const times = logs.events('/aws/a')?.map(({ timestamp }) => timestamp) ?? [];

/** The protocol before stand-ins; the key KEY is that of a function in the role arn:role. */
function makeProtocol(
  putEvents: EventBuses['putEvents'] = () => ({ FailedEntryCount: 0, Entries: [] }),
  iam = makeIam(),
) {
  const trace = new Trace();
  const tableCalls: unknown[][] = [];
  const services = makeServices({
    iam,
    trace,
    logs,
    buses: { putEvents },
    queues: createQueues(makePlan({ aws_sqs_queue: { q: { name: 'Q' } } }), iam),
    tables: {
      async handle(operation, request, authorize, flowId) {
        tableCalls.push([operation, request.body.toString(), flowId]);
        authorize(`dynamodb:${operation}`, 'arn:table');
        return { status: 200, headers: {}, body: Buffer.from('"from the table"') };
      },
      close: async () => {},
    },
    functions: {
      find: () => undefined,
      target: () => undefined,
      roleOfAccessKey: (key) => (key === 'KEY' ? 'arn:role' : undefined),
      close() {},
    },
  });
  const answer = createAwsProtocol(services);
  const call = async (target: string, input: unknown, headers: Record<string, string> = {}) => {
    const {
      status,
      headers: answered,
      body,
    } = await answer(target, headers, Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)));
    return {
      status,
      type: answered['content-type'],
      queryError: answered['x-amzn-query-error'],
      output: JSON.parse(body.toString()) as JsonObject,
    };
  };
  return { call, trace, tableCalls };
}
const asFunction = {
  authorization: 'AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/events/aws4_request, …',
};
const asDeveloper = {
  authorization: 'AWS4-HMAC-SHA256 Credential=other/20260101/eu-west-1/events/aws4_request, …',
};
const entry = { EventBusName: 'Orders', Source: 's', DetailType: 'T', Detail: '{}' };

describe('an operation', () => {
  test.each(['AWSEvents.Nope', 'AWSEvents.constructor', 'toString', '', 'SecretsManager.GetSecretValue'])(
    'that is unknown, %s, is refused by name, with the known ones',
    async (target) => {
      expect(await makeProtocol().call(target, {})).toMatchObject({
        status: 400,
        output: {
          __type: 'UnknownOperationException',
          message: expect.stringContaining(
            `doesn't know ${target}. It knows DynamoDB_20120810.*, AWSEvents.PutEvents`,
          ),
        },
      });
    },
  );

  test.each(['{', '[]', 'null', '"x"', '1'])('with the body %s is refused', async (body) => {
    expect(await makeProtocol().call('AWSEvents.PutEvents', body)).toMatchObject({
      status: 400,
      output: { __type: 'SerializationException' },
    });
  });

  test('without a body has an empty input', async () => {
    expect((await makeProtocol().call('Logs_20140328.DescribeLogGroups', '')).status).toBe(200);
  });

  test.each([
    ['application/x-amz-json-1.0', 'application/x-amz-json-1.0'],
    [undefined, 'application/x-amz-json-1.1'],
  ])('of the content-type %s is answered in %s', async (given, answered) => {
    const headers = given ? { 'content-type': given } : {};
    expect((await makeProtocol().call('Logs_20140328.DescribeLogGroups', '', headers)).type).toBe(answered);
    expect((await makeProtocol().call('Nope', '', headers)).type).toBe(answered);
  });

  test("that fails for a reason of the local run's own is no answer of AWS", async () => {
    const { call } = makeProtocol(() => {
      throw new RangeError('a fault');
    });
    await expect(call('AWSEvents.PutEvents', { Entries: [entry] })).rejects.toThrow('a fault');
  });
});

describe('PutEvents', () => {
  test('hands the entries to the buses, with the flow of the trace header', async () => {
    const calls: unknown[] = [];
    const result = { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };
    const { call, trace } = makeProtocol((entries, _, flowId) => {
      calls.push([entries, flowId]);
      return result;
    });
    const flow = trace.newFlow();
    const answer = await call(
      'AWSEvents.PutEvents',
      { Entries: [entry] },
      { 'x-amzn-trace-id': `Root=${flow}` },
    );
    expect(answer).toMatchObject({ status: 200, output: result });
    await call('AWSEvents.PutEvents', { Entries: [entry] }, { 'x-amzn-trace-id': 'Root=1-unknown' });
    expect(calls).toEqual([
      [[entry], flow],
      [[entry], undefined],
    ]);
  });

  test.each([
    [
      'a function',
      'asks its role',
      asFunction,
      400,
      { __type: 'AccessDeniedException', message: 'denied: arn:role events:PutEvents arn:bus' },
    ],
    ['a developer', 'asks nothing', asDeveloper, 200, {}],
    ['nobody', 'asks nothing', {}, 200, {}],
  ])('of %s %s', async (_, _asks, headers, status, output) => {
    const { call } = makeProtocol((_entries, authorize) => {
      authorize('arn:bus');
      return { FailedEntryCount: 0, Entries: [] };
    }, makeIam('authorizeRole'));
    expect(await call('AWSEvents.PutEvents', { Entries: [entry] }, headers)).toMatchObject({
      status,
      output,
    });
  });
});

describe('DynamoDB', () => {
  test('is handed on to the tables as it came', async () => {
    const { call, trace, tableCalls } = makeProtocol();
    const flow = trace.newFlow();
    const headers = { 'x-amzn-trace-id': `Root=${flow}` };
    expect((await call('DynamoDB_20120810.PutItem', 'anything', headers)).output).toBe('from the table');
    expect(tableCalls).toEqual([['PutItem', 'anything', flow]]);
  });

  test('denies a function what its role does not allow', async () => {
    const { call } = makeProtocol(undefined, makeIam('authorizeRole'));
    expect(await call('DynamoDB_20120810.PutItem', {}, asFunction)).toMatchObject({
      status: 400,
      output: { __type: 'AccessDeniedException', message: 'denied: arn:role dynamodb:PutItem arn:table' },
    });
  });
});

describe('SQS', () => {
  const QueueUrl = 'http://127.0.0.1:4000/000000000000/Q';

  test('answers when its queue does, which may take a while', async () => {
    expect(await makeProtocol().call('AmazonSQS.ReceiveMessage', { QueueUrl })).toMatchObject({
      status: 200,
      output: {},
    });
  });

  test('says an error by its name in the old protocol as well, which other services do not have', async () => {
    const { call } = makeProtocol();
    expect(await call('AmazonSQS.GetQueueUrl', { QueueName: 'nothing' })).toMatchObject({
      status: 400,
      queryError: 'AWS.SimpleQueueService.NonExistentQueue;Sender',
      output: { __type: 'com.amazonaws.sqs#QueueDoesNotExist' },
    });
    expect((await call('AWSEvents.Nope', {})).queryError).toBeUndefined();
  });

  test('denies a function what its role does not allow', async () => {
    const { call } = makeProtocol(undefined, makeIam('authorizeRole'));
    expect(await call('AmazonSQS.ReceiveMessage', { QueueUrl }, asFunction)).toMatchObject({
      status: 400,
      output: {
        __type: 'AccessDeniedException',
        message: `denied: arn:role sqs:ReceiveMessage ${arnOf('sqs', 'Q')}`,
      },
    });
  });
});

describe('TestEventPattern', () => {
  const event = JSON.stringify(makeEvent());
  const without = (name: string) => JSON.stringify({ ...makeEvent(), [name]: undefined });

  test.each([
    ['a pattern that matches', '{"source":["com.aws.orders"]}', true],
    ['a pattern that does not', '{"source":["com.example"]}', false],
  ])('tells of %s', async (_, EventPattern, Result) => {
    expect(
      await makeProtocol().call('AWSEvents.TestEventPattern', { EventPattern, Event: event }),
    ).toMatchObject({
      status: 200,
      output: { Result },
    });
  });

  test.each<[string, JsonObject, string, RegExp]>([
    ['no pattern', { Event: event }, 'ValidationException', /EventPattern and Event are required/],
    [
      'an event that is no text',
      { EventPattern: '{"source":["x"]}', Event: {} },
      'ValidationException',
      /are required, both as JSON text/,
    ],
    [
      'an event that is no JSON',
      { EventPattern: '{"source":["x"]}', Event: '{' },
      'ValidationException',
      /Event is not valid\. Reason: it is not JSON/,
    ],
    [
      'an event that is no object',
      { EventPattern: '{"source":["x"]}', Event: '[]' },
      'ValidationException',
      /it lacks id, account, source/,
    ],
    [
      'an event without a source',
      { EventPattern: '{"source":["x"]}', Event: without('source') },
      'ValidationException',
      /it lacks source$/,
    ],
    [
      'an event without a detail-type',
      { EventPattern: '{"source":["x"]}', Event: without('detail-type') },
      'ValidationException',
      /it lacks detail-type$/,
    ],
    [
      'an invalid pattern',
      { EventPattern: '{"source":"x"}', Event: event },
      'InvalidEventPatternException',
      /^Event pattern is not valid\. Reason: /,
    ],
    [
      'a pattern that is no JSON',
      { EventPattern: '{', Event: event },
      'InvalidEventPatternException',
      /^Event pattern is not valid/,
    ],
  ])('refuses %s', async (_, input, type, message) => {
    expect(await makeProtocol().call('AWSEvents.TestEventPattern', input)).toMatchObject({
      status: 400,
      output: { __type: type, message: expect.stringMatching(message) },
    });
  });
});

describe('FilterLogEvents', () => {
  const filter = (input: JsonObject) => makeProtocol().call('Logs_20140328.FilterLogEvents', input);
  const [first = 0, , last = 0] = times;

  test.each<[string, JsonObject, string[]]>([
    ['a group', { logGroupName: '/aws/a' }, ['a', 'b', 'c']],
    ['a group by its ARN', { logGroupIdentifier: arnOf('logs', 'log-group:/aws/a') }, ['a', 'b', 'c']],
    ['a group by its name for an identifier', { logGroupIdentifier: '/aws/a' }, ['a', 'b', 'c']],
    ['streams', { logGroupName: '/aws/a', logStreamNames: ['s1'] }, ['a', 'c']],
    ['a number of lines', { logGroupName: '/aws/a', limit: 2 }, ['a', 'b']],
    ['a time that is over', { logGroupName: '/aws/a', endTime: first - 1 }, []],
    ['a time to come', { logGroupName: '/aws/a', startTime: last + 1 }, []],
    [
      'a time, both of its ends',
      { logGroupName: '/aws/a', startTime: first, endTime: last },
      ['a', 'b', 'c'],
    ],
    [
      'the empty pattern and interleaved lines',
      { logGroupName: '/aws/a', filterPattern: '', interleaved: true },
      ['a', 'b', 'c'],
    ],
  ])('gives the lines of %s', async (_, input, messages) => {
    const { status, output } = await filter(input);
    const events = output.events as JsonObject[];
    expect(status).toBe(200);
    expect(events.map(({ message }) => message)).toEqual(messages);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(messages.length);
  });

  test.each<[string, JsonObject, string, string]>([
    [
      'a pattern',
      { logGroupName: '/aws/a', filterPattern: 'ERROR' },
      'InvalidParameterException',
      '"filterPattern":"ERROR"',
    ],
    [
      'a stream prefix',
      { logGroupName: '/aws/a', logStreamNamePrefix: 's' },
      'InvalidParameterException',
      '"logStreamNamePrefix":"s"',
    ],
    ['a page', { logGroupName: '/aws/a', nextToken: 'x' }, 'InvalidParameterException', '"nextToken":"x"'],
    ['another group', { logGroupName: '/aws/b' }, 'ResourceNotFoundException', '/aws/b'],
  ])('refuses %s, by name', async (_, input, type, message) => {
    expect(await filter(input)).toMatchObject({
      status: 400,
      output: { __type: type, message: expect.stringContaining(message) },
    });
  });
});

test('DescribeLogGroups gives every group, with both forms of its ARN', async () => {
  const arn = arnOf('logs', 'log-group:/aws/a');
  expect((await makeProtocol().call('Logs_20140328.DescribeLogGroups', {})).output).toEqual({
    logGroups: [{ logGroupName: '/aws/a', arn: `${arn}:*`, logGroupArn: arn }],
  });
});
