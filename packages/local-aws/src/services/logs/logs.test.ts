import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { arnOf, makeContext, makeEvent, makeIam, makePlan } from '../../testing.ts';
import { createLogs } from './logs.ts';

const arn = arnOf('logs', 'log-group:/aws/a');
const plan = makePlan({
  aws_cloudwatch_log_group: { a: { name: '/aws/a', retention_in_days: 14 }, b: { name: '/aws/b' } },
});
const makeLogs = (context = makeContext()) => createLogs(plan, context);
const linesOf = (logs: ReturnType<typeof makeLogs>, group = '/aws/a') => [...(logs.events(group) ?? [])];

test('a log group that is not in the stack takes no line, and has none', () => {
  expect(() => makeLogs().append('/aws/c', 's', 'x')).toThrow('the stack has no log group /aws/c');
  expect(makeLogs().events('/aws/c')).toBeUndefined();
});

test('lines outlive the wiring', () => {
  const context = makeContext();
  makeLogs(context).append('/aws/a', 's', 'kept');
  expect(linesOf(makeLogs(context))).toMatchObject([{ message: 'kept' }]);
  expect(linesOf(makeLogs(context), '/aws/b')).toEqual([]);
});

describe('what CloudWatch Logs refuses is refused at start:', () => {
  test.each<[string, JsonObject, string]>([
    [
      'a retention of 15 days',
      { a: { name: '/a', retention_in_days: 15 } },
      'retention_in_days is 15; CloudWatch Logs takes 0, 1, 3',
    ],
    ['a name with a blank', { a: { name: '/a b' } }, 'name is "/a b"'],
    ['a name of 513 letters', { a: { name: 'a'.repeat(513) } }, '1 to 512'],
    ['two groups of one name', { a: { name: '/a' }, b: { name: '/a' } }, 'two log groups have the name /a'],
  ])('%s', (_, aws_cloudwatch_log_group, message) => {
    expect(() => createLogs(makePlan({ aws_cloudwatch_log_group }), makeContext())).toThrow(message);
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
      ['events.amazonaws.com', 'logs:CreateLogStream', stream, undefined],
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
