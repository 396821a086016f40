import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Shell } from './shell.ts';

const commands = resolve(import.meta.dirname, '../../docs/runbooks/commands.sh');

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
  shell.withJq();
});
afterEach(() => shell.close());

/** Runs commands of the runbooks, with `aws` answering by these cases of bash, each a pattern of its arguments. */
function run(script: string, cases: Record<string, string>) {
  const answers = Object.entries(cases).map(([pattern, answer]) => `  ${pattern}) ${answer} ;;`);
  shell.standIn('aws', `case "$*" in\n${answers.join('\n')}\n  *) echo "unknown call" >&2; exit 1 ;;\nesac`);
  return shell.run(`source '${commands}'\n${script}`);
}

const calls = (name: string) => shell.callsOf('aws').filter((call) => call.includes(name));
const json = (value: unknown) => `echo '${JSON.stringify(value)}'`;

const event = {
  id: 'e1',
  source: 'com.aws.orders',
  'detail-type': 'Order Placed',
  detail: { orderId: 'o1' },
};
const message = { Body: JSON.stringify(event), ReceiptHandle: 'handle-1' };
const queue = {
  '*get-queue-url*': 'echo https://queue',
  '*get-queue-attributes*': 'echo 2',
  '*receive-message*': json(message),
  '*delete-message*': 'true',
};

describe('redeliver', () => {
  test('puts each message back on the bus, and deletes it once the bus has it', () => {
    const { status, output } = run('redeliver late to_bus', { ...queue, '*put-events*': 'echo 0' });
    expect(output).toBe('2 of about 2 messages redelivered from late\n');
    expect(status).toBe(0);
    expect(calls('put-events')[0]).toContain(
      '[{"EventBusName":"Orders","Source":"com.aws.orders","DetailType":"Order Placed","Detail":"{\\"orderId\\":\\"o1\\"}"}]',
    );
    expect(calls('delete-message')).toEqual(
      Array(2).fill('sqs delete-message --queue-url https://queue --receipt-handle handle-1'),
    );
  });

  test.each([
    ['the bus refuses the event', 'to_bus', { '*put-events*': 'echo 1' }],
    ['the bus does not answer', 'to_bus', { '*put-events*': 'exit 1' }],
    [
      'the workflow does not start',
      'to_workflow',
      { '*list-state-machines*': 'echo arn', '*start-execution*': 'exit 1' },
    ],
    ['the workflow is not there', 'to_workflow', { '*list-state-machines*': 'exit 1' }],
    ['Lambda does not take the event', 'to_function late-function', { '*invoke*': 'exit 1' }],
    ['the rule is not there', 'to_target Late', { '*list-targets*': 'exit 1' }],
    [
      'the target of the rule takes no event',
      'to_target Late',
      { '*list-targets*': 'echo arn:aws:logs:eu-west-1:1:log-group:/aws/events/late' },
    ],
  ])('stops and deletes nothing if %s', (_, target, answers: Record<string, string>) => {
    const { status, output } = run(`redeliver late ${target}`, { ...queue, ...answers });
    expect(output).toContain('Stopped. This message stays in late: ');
    expect(status).toBe(1);
    expect(calls('delete-message')).toEqual([]);
  });

  test('deletes nothing if the queue is not there', () => {
    expect(run('redeliver late to_bus', { '*get-queue-url*': 'exit 1' }).status).not.toBe(0);
    expect(calls('receive-message')).toEqual([]);
  });

  test('ends when the queue is empty before its count', () => {
    const { status, output } = run('redeliver late to_bus', { ...queue, '*receive-message*': 'echo null' });
    expect(output).toBe('0 of about 2 messages redelivered from late\n');
    expect(status).toBe(0);
  });
});

test('to_workflow names the execution for the event, so that a second one is refused', () => {
  const answers = { '*list-state-machines*': 'echo arn:machine', '*start-execution*': 'true' };
  expect(run(`echo '${message.Body}' | to_workflow`, answers).status).toBe(0);
  expect(calls('start-execution')[0]).toContain(
    '--state-machine-arn arn:machine --name e1 --input {"id":"e1"',
  );
});

test('to_function sends the event of a failure record, or the event itself', () => {
  const record = JSON.stringify({ requestPayload: event });
  const script = [record, message.Body].map((body) => `echo '${body}' | to_function late`).join('\n');
  run(script, { '*invoke*': 'true' });
  for (const call of calls('invoke')) expect(call).toContain('--function-name late ');
  const payloads = calls('invoke').map((call) => /--payload (.*) \/dev\/null$/.exec(call)?.[1]);
  expect(payloads).toEqual([message.Body, message.Body]);
});

test.each([
  ['a function', 'lambda:eu-west-1:1:function:late', '--function-name late '],
  ['a workflow', 'states:eu-west-1:1:stateMachine:Late', 'start-execution --state-machine-arn arn:machine '],
  ['an API destination', 'events:eu-west-1:1:api-destination/late/1a2b', 'put-events '],
  ['a queue', 'sqs:eu-west-1:1:Late', 'put-events '],
])('to_target gives the event to the target of a rule that is %s', (_, arn, call) => {
  const { status } = run(`echo '${message.Body}' | to_target Late`, {
    '*list-targets-by-rule*Late*': `echo arn:aws:${arn}`,
    '*list-state-machines*': 'echo arn:machine',
    '*invoke*|*start-execution*': 'true',
    '*put-events*': 'echo 0',
  });
  expect(status).toBe(0);
  expect(calls(call)).toHaveLength(1);
});

test('look shows what failed and why, and leaves the message in the queue', () => {
  const seen = { ...message, MessageAttributes: { ERROR_CODE: { StringValue: 'NO_PERMISSIONS' } } };
  const { output } = run('look late', { ...queue, '*receive-message*': json({ Messages: [seen] }) });
  expect(JSON.parse(output)).toEqual({ attributes: { ERROR_CODE: 'NO_PERMISSIONS' }, body: event });
  expect(calls('delete-message')).toEqual([]);
});

test('replay delivers the events of a time to one rule only', () => {
  run('replay Late 2026-01-31T12:00:00Z 2026-01-31T13:00:00Z', {
    '*describe-archive*': 'echo arn:archive',
    '*describe-event-bus*': 'echo arn:bus',
    '*describe-rule*': 'echo arn:rule',
    '*start-replay*': 'true',
  });
  expect(calls('start-replay')[0]).toMatch(
    /--event-source-arn arn:archive --event-start-time 2026-01-31T12:00:00Z --event-end-time 2026-01-31T13:00:00Z --destination \{"Arn":"arn:bus","FilterArns":\["arn:rule"\]\}$/,
  );
});

test('insights prints the rows of a query, once it is complete', () => {
  const rows = {
    status: 'Complete',
    results: [
      [
        { field: 'orderId', value: 'o1' },
        { field: '@ptr', value: 'x' },
      ],
    ],
  };
  const { output } = run("insights /aws/events/orders 'limit 1' 48", {
    '*start-query*': 'echo q1',
    '*get-query-results*': json(rows),
  });
  expect(output).toBe('{"orderId":"o1"}\n');
});

test('lost prints the event from the log, and fails if the log does not have it', () => {
  const script = "lost 'Order Placed' o1";
  const found = run(script, {
    '*filter-log-events*': json({ events: [{ message: JSON.stringify(event) }] }),
  });
  expect(JSON.parse(found.output)).toEqual(event);
  expect(run(script, { '*filter-log-events*': json({ events: [] }) }).status).not.toBe(0);
});

describe('copy_rows', () => {
  const rows = { Items: [{ orderId: { S: 'o1' } }, { orderId: { S: 'o2' } }] };

  test('writes the rows that are gone, and leaves those that are there', () => {
    const { status } = run('copy_rows', {
      '*scan*': json(rows),
      '*put-item*o1*': 'echo ConditionalCheckFailedException; exit 1',
      '*put-item*o2*': 'true',
    });
    expect(status).toBe(0);
    expect(calls('put-item')).toHaveLength(2);
    for (const call of calls('put-item')) expect(call).toContain('attribute_not_exists(orderId)');
  });

  test('stops at a row that can not be written', () => {
    const { status, output } = run('copy_rows', {
      '*scan*': json(rows),
      '*put-item*': 'echo denied; exit 1',
    });
    expect(output).toContain('Stopped at {"orderId":{"S":"o1"}}: denied');
    expect(status).toBe(1);
    expect(calls('put-item')).toHaveLength(1);
  });
});

test('restore gives up when the table can not be described', () => {
  const { status } = run('restore 2026-01-31T12:00:00Z', {
    '*restore-table*': 'true',
    '*describe-table*': 'exit 1',
  });
  expect(status).not.toBe(0);
});

test('concurrency is of the account, or of one function', () => {
  run('concurrency\nconcurrency late', { '*get-metric-statistics*': 'true' });
  const ofFunction = '--dimensions Name=FunctionName,Value=late';
  expect(calls('get-metric-statistics').map((call) => call.endsWith(ofFunction))).toEqual([false, true]);
});
