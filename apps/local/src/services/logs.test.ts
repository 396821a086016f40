import { describe, expect, test } from '@jest/globals';
import { arnOf, makeEvent, makeIam, makePlan } from '../testing.ts';
import { createLogs, logGroupTarget } from './logs.ts';

const arn = arnOf('logs', 'log-group:/aws/a');
const makeLogs = () =>
  createLogs(
    makePlan({
      aws_cloudwatch_log_group: { a: { name: '/aws/a', retention_in_days: 14 }, b: { name: '/aws/b' } },
    }),
  );

describe('a log group', () => {
  test('has its lines in the order they came, each with its stream and time', () => {
    const logs = makeLogs();
    const before = Date.now();
    logs.append('/aws/a', 's1', 'first');
    logs.append('/aws/a', 's2', 'second');
    const time = expect.any(Number);
    expect(logs.events('/aws/a')).toEqual([
      { logStreamName: 's1', timestamp: time, message: 'first' },
      { logStreamName: 's2', timestamp: time, message: 'second' },
    ]);
    expect(logs.events('/aws/a')?.[0]?.timestamp).toBeGreaterThanOrEqual(before);
    expect(logs.events('/aws/b')).toEqual([]);
  });

  test('is found by its ARN', () => {
    const logs = makeLogs();
    expect(logs.groups()).toEqual([
      { name: '/aws/a', arn },
      { name: '/aws/b', arn: arnOf('logs', 'log-group:/aws/b') },
    ]);
    expect(logs.groupOf(arn)).toBe('/aws/a');
    expect(logs.groupOf(`${arn}:*`)).toBeUndefined();
  });

  test('that is not in the stack takes no line, and has none', () => {
    expect(() => makeLogs().append('/aws/c', 's', 'x')).toThrow('the stack has no log group /aws/c');
    expect(makeLogs().events('/aws/c')).toBeUndefined();
  });

  test('keeps its last ten thousand lines', () => {
    const logs = makeLogs();
    for (let line = 0; line < 10_001; line += 1) logs.append('/aws/a', 's', String(line));
    expect(logs.events('/aws/a')).toHaveLength(10_000);
    expect(logs.events('/aws/a')?.[0]?.message).toBe('1');
  });
});

describe('a log group as a target', () => {
  const rule = { arn: 'arn:rule', roleArn: undefined };

  test('gets each event as a line, in a stream of its own', async () => {
    const logs = makeLogs();
    const target = logGroupTarget(logs, makeIam())(arn, rule);
    await target?.deliver(makeEvent(), 'flow');
    expect(target?.description).toBe('log group /aws/a');
    expect(logs.events('/aws/a')).toMatchObject([
      { logStreamName: makeEvent().id, message: JSON.stringify(makeEvent()) },
    ]);
  });

  test('asks the log service whether EventBridge may write', async () => {
    const asked: string[][] = [];
    const iam = { ...makeIam(), authorizeLogs: (...what: string[]) => asked.push(what) };
    await logGroupTarget(makeLogs(), iam)(arn, rule)?.deliver(makeEvent(), 'flow');
    const stream = `${arn}:log-stream:${makeEvent().id}`;
    expect(asked).toEqual([
      ['events.amazonaws.com', 'logs:CreateLogStream', stream],
      ['events.amazonaws.com', 'logs:PutLogEvents', stream],
    ]);
  });

  test('gets nothing when the log service denies it', async () => {
    const logs = makeLogs();
    const target = logGroupTarget(logs, makeIam('authorizeLogs'))(arn, rule);
    await expect(target?.deliver(makeEvent(), 'flow')).rejects.toThrow('denied');
    expect(logs.events('/aws/a')).toEqual([]);
  });

  test('is no target by the ARN that ends with a star, which EventBridge refuses too', () => {
    expect(logGroupTarget(makeLogs(), makeIam())(`${arn}:*`, rule)).toBeUndefined();
  });
});
