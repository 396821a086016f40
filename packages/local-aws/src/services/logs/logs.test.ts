import { describe, expect, test } from '@jest/globals';
import { arnOf, deliverTo, makeContext, makeEvent, makeIam, makePlan, someGrant } from '../../testing.ts';
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

describe('a log group as a target', () => {
  const rule = { ruleArn: 'arn:rule', roleArn: undefined };

  test('gets each event as a line, in a stream of its own', async () => {
    const logs = makeLogs();
    const target = logs.target(arn, rule);
    await deliverTo(target, makeEvent(), 'flow');
    expect(target?.description).toBe('log group /aws/a');
    expect(linesOf(logs)).toMatchObject([
      { logStreamName: makeEvent().id, message: JSON.stringify(makeEvent()) },
    ]);
  });

  test('asks whether the log service lets EventBridge write, for the rule', async () => {
    const asked: string[][] = [];
    const iam = {
      ...makeIam(),
      authorizeService(...what: string[]) {
        asked.push(what);
        return someGrant;
      },
    };
    await deliverTo(makeLogs(makeContext({ iam })).target(arn, rule), makeEvent(), 'flow');
    const stream = `${arn}:log-stream:${makeEvent().id}`;
    expect(asked).toEqual([
      ['events.amazonaws.com', 'logs:CreateLogStream', stream, undefined],
      ['events.amazonaws.com', 'logs:PutLogEvents', stream, 'arn:rule'],
    ]);
  });

  test.each(['logs:CreateLogStream', 'logs:PutLogEvents'])('gets nothing without %s', async (action) => {
    const logs = makeLogs(makeContext({ iam: makeIam(action) }));
    await expect(deliverTo(logs.target(arn, rule), makeEvent(), 'flow')).rejects.toThrow('denied');
    expect(linesOf(logs)).toEqual([]);
  });

  test("isn't found by the ARN that ends with a star, which EventBridge refuses too", () => {
    expect(makeLogs().target(`${arn}:*`, rule)).toBeUndefined();
  });
});
