import { afterEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { arnOf, makeContext, makePlan, policy, trust, until } from '../../testing.ts';
import { wire } from '../../wire.ts';

/** A bus whose rules send every event to a log, to a queue, and to a workflow that has a dead-letter queue. */
const target = (rule: string, arn: string, more: JsonObject = {}): JsonObject => ({
  rule,
  event_bus_name: 'Orders',
  arn,
  ...more,
});
const rule = (name: string): JsonObject => ({
  name,
  event_bus_name: 'Orders',
  event_pattern: '{"source":["shop"]}',
});
const stack: JsonObject = {
  aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
  aws_cloudwatch_event_rule: { log: rule('Log'), queue: rule('Queue'), work: rule('Work') },
  aws_cloudwatch_event_target: {
    log: target('Log', '${aws_cloudwatch_log_group.g.arn}'),
    queue: target('Queue', '${aws_sqs_queue.all.arn}'),
    work: target('Work', '${aws_sfn_state_machine.w.arn}', {
      role_arn: '${aws_iam_role.rule.arn}',
      dead_letter_config: { arn: '${aws_sqs_queue.dead.arn}' },
    }),
  },
  aws_cloudwatch_log_group: { g: { name: '/orders' } },
  aws_cloudwatch_log_resource_policy: {
    p: {
      policy_name: 'p',
      policy_document: policy({ Principal: { Service: 'events.amazonaws.com' } }),
    },
  },
  aws_sqs_queue: { all: { name: 'All' }, dead: { name: 'Dead' } },
  aws_sqs_queue_policy: Object.fromEntries(
    ['all', 'dead'].map((id) => [
      id,
      {
        queue_url: `\${aws_sqs_queue.${id}.url}`,
        policy: policy({ Principal: { Service: 'events.amazonaws.com' } }),
      },
    ]),
  ),
  aws_iam_role: {
    rule: { name: 'rule', assume_role_policy: trust('events.amazonaws.com') },
    work: { name: 'work', assume_role_policy: trust('states.amazonaws.com') },
  },
  aws_iam_role_policy: {
    rule: { role: 'rule', policy: policy({}) },
    work: { role: 'work', policy: policy({}) },
  },
  aws_sfn_state_machine: {
    w: {
      name: 'W',
      role_arn: '${aws_iam_role.work.arn}',
      definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
    },
  },
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Publishes an event whose detail has so many bytes, and waits until its flow has settled. */
async function publish(bytes: number) {
  const context = makeContext();
  const { trace, failures } = context;
  const wiring = await wire(makePlan(stack), context);
  ends.push(
    () => context.state.close(),
    () => wiring.close(),
  );
  const call = async (service: string, input: JsonObject): Promise<JsonObject> => {
    for (const handle of [...wiring.aws, wiring.apis]) {
      const answer = await handle({
        method: 'POST',
        path: '/',
        rawQueryString: '',
        headers: { 'x-amz-target': service, 'x-amzn-trace-id': `Root=${flowId}` },
        body: Buffer.from(JSON.stringify(input)),
        sourceIp: '127.0.0.1',
      });
      if (answer) return JSON.parse(answer.body.toString()) as JsonObject;
    }
    throw new Error(`Nobody answers ${service}`);
  };
  const flowId = trace.newFlow();
  const Detail = JSON.stringify({ text: 'x'.repeat(bytes) });
  const taken = await call('AWSEvents.PutEvents', {
    Entries: [{ EventBusName: 'Orders', Source: 'shop', DetailType: 'T', Detail }],
  });
  await until(() => trace.isSettled(flowId), 'the flow has settled');
  const { events } = await call('Logs_20140328.FilterLogEvents', { logGroupName: '/orders' });
  const count = async (name: string) => {
    const QueueUrl = String(
      makePlan(stack)
        .resources('aws_sqs_queue')
        .find(({ attributes }) => attributes.name === name)?.attributes.url,
    );
    const { Messages = [] } = await call('AmazonSQS.ReceiveMessage', { QueueUrl });
    return (Messages as JsonObject[]).length;
  };
  const { executions } = await call('AWSStepFunctions.ListExecutions', {
    stateMachineArn: arnOf('states', 'stateMachine:W'),
  });
  return {
    taken: taken.FailedEntryCount === 0,
    logged: (events as JsonObject[]).length,
    queued: await count('All'),
    dead: await count('Dead'),
    executions: (executions as JsonObject[]).length,
    failures,
  };
}

test('an event of 200 KB goes everywhere', async () => {
  expect(await publish(200_000)).toEqual({
    taken: true,
    logged: 1,
    queued: 1,
    dead: 0,
    executions: 1,
    failures: [],
  });
});

test('an event of 300 KB is taken and logged; what takes 256 KiB refuses it, its dead-letter queue included', async () => {
  const { failures, ...rest } = await publish(300_000);
  expect(rest).toEqual({ taken: true, logged: 1, queued: 0, dead: 0, executions: 0 });
  expect(failures).toHaveLength(2);
  expect(failures.join()).toContain(
    'an execution takes 262144. It is lost: the dead-letter queue Dead did not take it',
  );
});
