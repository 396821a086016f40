import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import { arnOf, FakeClock, makeCaller, makeContext, makeEvent, makeIam, makePlan } from '../testing.ts';
import { createLogs } from './logs.ts';

const arn = arnOf('logs', 'log-group:/aws/a');
const plan = makePlan({
  aws_cloudwatch_log_group: { a: { name: '/aws/a', retention_in_days: 14 }, b: { name: '/aws/b' } },
});
const makeLogs = (context = makeContext()) => createLogs(plan, context);
const linesOf = (logs: ReturnType<typeof makeLogs>, group = '/aws/a') => [...(logs.events(group) ?? [])];

describe('a log group', () => {
  test('has its lines in the order in which they came, each with its stream, its time and an id', () => {
    const clock = new FakeClock();
    const logs = makeLogs(makeContext({ clock }));
    const startedAt = clock.now();
    logs.append('/aws/a', 's1', 'first');
    clock.advance(5);
    logs.append('/aws/a', 's2', 'second');
    const eventId = expect.any(String);
    expect(linesOf(logs)).toEqual([
      { eventId, logStreamName: 's1', timestamp: startedAt, message: 'first' },
      { eventId, logStreamName: 's2', timestamp: startedAt + 5, message: 'second' },
    ]);
    expect(linesOf(logs, '/aws/b')).toEqual([]);
  });

  test('that is not in the stack takes no line, and has none', () => {
    expect(() => makeLogs().append('/aws/c', 's', 'x')).toThrow('the stack has no log group /aws/c');
    expect(makeLogs().events('/aws/c')).toBeUndefined();
  });

  test('keeps its last ten thousand lines', () => {
    const logs = makeLogs();
    for (let line = 0; line < 10_001; line += 1) logs.append('/aws/a', 's', String(line));
    expect(linesOf(logs)).toHaveLength(10_000);
    expect(linesOf(logs)[0]?.message).toBe('1');
  });

  test('keeps its lines when it is wired again', () => {
    const context = makeContext();
    makeLogs(context).append('/aws/a', 's', 'kept');
    expect(linesOf(makeLogs(context))).toMatchObject([{ message: 'kept' }]);
  });
});

describe('a log group as a target', () => {
  const rule = { ruleArn: 'arn:rule', roleArn: undefined };

  test('gets each event as a line, in a stream of its own', async () => {
    const logs = makeLogs();
    const target = logs.target(arn, rule);
    await target?.deliver(makeEvent(), 'flow');
    expect(target?.description).toBe('log group /aws/a');
    expect(linesOf(logs)).toMatchObject([
      { logStreamName: makeEvent().id, message: JSON.stringify(makeEvent()) },
    ]);
  });

  test('asks whether the log service lets EventBridge write, for the rule', async () => {
    const asked: string[][] = [];
    const iam = { ...makeIam(), authorizeService: (...what: string[]) => void asked.push(what) };
    await makeLogs(makeContext({ iam })).target(arn, rule)?.deliver(makeEvent(), 'flow');
    const stream = `${arn}:log-stream:${makeEvent().id}`;
    expect(asked).toEqual([
      ['events.amazonaws.com', 'logs:CreateLogStream', stream, 'arn:rule'],
      ['events.amazonaws.com', 'logs:PutLogEvents', stream, 'arn:rule'],
    ]);
  });

  test.each(['logs:CreateLogStream', 'logs:PutLogEvents'])('gets nothing without %s', async (action) => {
    const logs = makeLogs(makeContext({ iam: makeIam(action) }));
    await expect(logs.target(arn, rule)?.deliver(makeEvent(), 'flow')).rejects.toThrow('denied');
    expect(linesOf(logs)).toEqual([]);
  });

  test("isn't found by the ARN that ends with a star, which EventBridge refuses too", () => {
    expect(makeLogs().target(`${arn}:*`, rule)).toBeUndefined();
  });
});

describe('FilterLogEvents', () => {
  const clock = new FakeClock();
  const context = makeContext({ clock });
  const logs = makeLogs(context);
  const first = clock.now();
  for (const [stream, message] of [
    ['s1', 'a'],
    ['s2', 'b'],
    ['s1', 'c'],
  ] as const) {
    logs.append('/aws/a', stream, message);
    clock.advance(1);
  }
  const last = first + 2;
  const call = makeCaller([logs], context);
  const filter = (input: JsonObject) => call('Logs_20140328.FilterLogEvents', input);

  test.each<[string, JsonObject, string[]]>([
    ['a group', { logGroupName: '/aws/a' }, ['a', 'b', 'c']],
    ['a group by its ARN', { logGroupIdentifier: arn }, ['a', 'b', 'c']],
    ['a group by its name for an identifier', { logGroupIdentifier: '/aws/a' }, ['a', 'b', 'c']],
    ['streams', { logGroupName: '/aws/a', logStreamNames: ['s1'] }, ['a', 'c']],
    ['a number of lines', { logGroupName: '/aws/a', limit: 2 }, ['a', 'b']],
    ['a time that is over', { logGroupName: '/aws/a', endTime: first - 1 }, []],
    ['a time to come', { logGroupName: '/aws/a', startTime: last + 1 }, []],
    ['a time, both of its ends', { logGroupName: '/aws/a', startTime: first + 1, endTime: last }, ['b', 'c']],
    [
      'the empty pattern and interleaved lines',
      { logGroupName: '/aws/a', filterPattern: '', interleaved: true },
      ['a', 'b', 'c'],
    ],
  ])('gives the lines of %s', async (_, input, messages) => {
    const { status, output } = await filter(input);
    expect(status).toBe(200);
    expect((output.events as JsonObject[]).map(({ message }) => message)).toEqual(messages);
  });

  test('gives a line the same id in every answer, for `aws logs tail` tells lines apart by it', async () => {
    const ids = async (input: JsonObject) =>
      ((await filter({ logGroupName: '/aws/a', ...input })).output.events as JsonObject[]).map(
        ({ eventId }) => eventId,
      );
    const all = await ids({});
    expect(new Set(all).size).toBe(3);
    expect(await ids({ startTime: first + 1 })).toEqual(all.slice(1));
  });

  test.each<[string, JsonObject, string, string]>([
    [
      'a pattern',
      { logGroupName: '/aws/a', filterPattern: 'ERROR' },
      'InvalidParameterException',
      'filterPattern is "ERROR"',
    ],
    [
      'a stream prefix',
      { logGroupName: '/aws/a', logStreamNamePrefix: 's' },
      'InvalidParameterException',
      'logStreamNamePrefix',
    ],
    ['a page', { logGroupName: '/aws/a', nextToken: 'x' }, 'InvalidParameterException', 'nextToken'],
    ['no line', { logGroupName: '/aws/a', limit: 0 }, 'InvalidParameterException', 'between 1 and 10000'],
    ['another group', { logGroupName: '/aws/c' }, 'ResourceNotFoundException', '/aws/c'],
  ])('refuses %s, by name', async (_, input, type, message) => {
    expect(await filter(input)).toMatchObject({
      status: 400,
      output: { __type: type, message: expect.stringContaining(message) },
    });
  });
});

test('DescribeLogGroups gives every group, with both forms of its ARN', async () => {
  const context = makeContext();
  const { output } = await makeCaller([makeLogs(context)], context)('Logs_20140328.DescribeLogGroups', {});
  const groupArn = (name: string) => arnOf('logs', `log-group:${name}`);
  expect(output).toEqual({
    logGroups: ['/aws/a', '/aws/b'].map((name) => ({
      logGroupName: name,
      arn: `${groupArn(name)}:*`,
      logGroupArn: groupArn(name),
    })),
  });
});

test.each<[string, JsonObject, string]>([
  ['DescribeLogGroups', {}, '*'],
  ['FilterLogEvents', { logGroupName: '/aws/a' }, `${arn}:*`],
])('%s asks for the permission of its own name', async (name, input, resource) => {
  const context = makeContext({ iam: makeIam(`logs:${name}`) });
  const authorization = `Credential=${context.iam.openSession('arn:role')}/…`;
  const { output } = await makeCaller([makeLogs(context)], context)(`Logs_20140328.${name}`, input, {
    authorization,
  });
  expect(output.message).toBe(`denied: arn:role logs:${name} ${resource}`);
});
