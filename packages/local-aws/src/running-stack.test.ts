import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { JsonObject } from './json.ts';
import { startLocalAws } from './local-aws.ts';
import { arnOf, policy, region, systemIds, trust, until } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'orders-swapped-'));
/** Writes a stack with a function that answers `version`, a queue, and these resources. */
function synthesize(version: string, more: JsonObject = {}, name = 'stack'): string {
  const dir = mkdtempSync(join(root, 'stack-'));
  // With a file as its event, it says that it has begun, and answers when that is gone.
  const code = `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
export const handler = async ({ until }) => {
  if (until !== undefined) writeFileSync(until, '');
  while (until !== undefined && existsSync(until)) await setTimeout(5);
  return ${JSON.stringify(version)};
};`;
  writeFileSync(join(dir, 'f.zip'), zipSync({ 'index.mjs': strToU8(code) }));
  const resource = {
    aws_iam_role: { r: { name: 'r', assume_role_policy: trust('lambda.amazonaws.com') } },
    aws_iam_role_policy: { p: { name: 'p', role: 'r', policy: policy({}) } },
    aws_cloudwatch_log_group: { g: { name: '/aws/lambda/f' } },
    aws_lambda_function: {
      f: {
        function_name: 'f',
        filename: 'f.zip',
        role: '${aws_iam_role.r.arn}',
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        timeout: 30,
      },
    },
    aws_sqs_queue: { q: { name: 'q' } },
    ...more,
  };
  writeFileSync(join(dir, 'stack.json'), JSON.stringify({ provider: { aws: [{ region }] }, resource }));
  const stacks = { [name]: { synthesizedStackPath: 'stack.json' } };
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ stacks }));
  return dir;
}

const rule = {
  aws_cloudwatch_event_bus: { b: { name: 'Bus' } },
  aws_cloudwatch_event_rule: { r: { name: 'R', event_bus_name: 'Bus', event_pattern: '{"source":["s"]}' } },
};
const withRule = {
  ...rule,
  aws_cloudwatch_event_target: {
    t: { rule: 'R', event_bus_name: 'Bus', arn: '${aws_sqs_queue.q.arn}' },
  },
  aws_sqs_queue_policy: {
    p: {
      queue_url: '${aws_sqs_queue.q.url}',
      policy: policy({ Principal: { Service: 'events.amazonaws.com' } }),
    },
  },
};

const strayTarget = {
  aws_cloudwatch_event_target: { t: { rule: 'R', event_bus_name: 'Bus', arn: arnOf('sqs', 'gone') } },
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A stack that runs, and what can be done to it from outside. */
async function start(outDir = synthesize('one')) {
  const system = await startLocalAws({
    outDir,
    port: 0,
    subjectOf: () => undefined,
    surround: () => ({ variables: {}, routes: {} }),
    onFailure: () => {},
  });
  ends.push(system.close);
  const { endpoint } = system;
  const invoke = async (payload: object = {}): Promise<unknown> => {
    const url = `${endpoint}/2015-03-31/functions/f/invocations`;
    return (await fetch(url, { method: 'POST', body: JSON.stringify(payload) })).json();
  };
  /** Begins an invocation, which ends when `finish` is called. */
  const beginInvoke = async () => {
    const file = join(root, systemIds.uuid());
    const answer = invoke({ until: file });
    await until(() => existsSync(file), 'the handler has begun');
    return { answer, finish: () => rmSync(file) };
  };
  const aws = async (target: string, input: object): Promise<JsonObject> => {
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
    const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
    return (await answer.json()) as JsonObject;
  };
  const QueueUrl = `${endpoint}/000000000000/q`;
  const send = (MessageBody: string) => aws('AmazonSQS.SendMessage', { QueueUrl, MessageBody });
  const bodies = async () => {
    const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages = [] } = await aws('AmazonSQS.ReceiveMessage', input);
    return (Messages as JsonObject[]).map(({ Body }) => String(Body));
  };
  return { ...system, invoke, beginInvoke, aws, send, bodies };
}

const otherQueue = { aws_sqs_queue: { q: { name: 'q', visibility_timeout_seconds: 7 } } };

test('a swap of code runs the new code at once, and lets what is under way end in the old code', async () => {
  const system = await start();
  await system.send('before');
  const { answer, finish } = await system.beginInvoke();
  expect(await system.swap(synthesize('two'))).toEqual(['function f has other code']);
  expect(await system.invoke()).toBe('two');
  finish();
  expect(await answer).toBe('one');
  expect(await system.invoke()).toBe('two');
  expect(await system.bodies()).toEqual(['before']);
});

test('a swap of more than code lets what is under way end in the old code, and keeps the messages', async () => {
  const system = await start();
  await system.send('before');
  const { answer, finish } = await system.beginInvoke();
  const swapped = system.swap(synthesize('two', otherQueue));
  // It is answered while the handler is under way.
  await system.aws('AmazonSQS.ListQueues', {});
  finish();
  expect(await answer).toBe('one');
  expect(await swapped).toEqual([
    'function f has other code',
    'queue q has another visibility_timeout_seconds',
  ]);
  expect(await system.invoke()).toBe('two');
  expect(await system.bodies()).toEqual(['before']);
});

test('swaps leave no process and no folder behind', async () => {
  const { swap, invoke } = await start();
  const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
  /** The folders of this process, with what is in them. */
  const folders = () =>
    readdirSync(tmpdir())
      .filter((name) => name.includes(`functions-${process.pid}-`))
      .map((name) => [name, readdirSync(join(tmpdir(), name)).length]);
  await invoke();
  const [processesBefore, foldersBefore] = [processes(), JSON.stringify(folders())];
  for (let count = 1; count <= 6; count += 1) {
    await swap(synthesize(`swap ${count}`, count % 3 === 0 ? otherQueue : {}));
    expect(await invoke()).toBe(`swap ${count}`);
  }
  await swap(synthesize('one'));
  await invoke();
  await until(() => processes() === processesBefore, 'the processes of the old code are gone');
  await until(
    () => JSON.stringify(folders()).replaceAll(/-\w{6}"/g, '"') === foldersBefore.replaceAll(/-\w{6}"/g, '"'),
    'its folders are gone',
  );
});

test('a rule that is swapped in delivers, and what is sent during a swap is delivered once', async () => {
  const { swap, aws, bodies, settle } = await start();
  expect(await swap(synthesize('one', withRule))).toEqual([
    'bus Bus is new',
    'rule R is new',
    '2 other resources differ (aws_cloudwatch_event_target, aws_sqs_queue_policy)',
  ]);
  const swapped = swap(synthesize('one', { ...withRule, ...otherQueue }));
  const entry = { EventBusName: 'Bus', Source: 's', DetailType: 'T', Detail: '{"n":1}' };
  expect(await aws('AWSEvents.PutEvents', { Entries: [entry] })).toMatchObject({ FailedEntryCount: 0 });
  await swapped;
  await settle();
  expect(await bodies()).toEqual([expect.stringContaining('"n":1')]);
});

describe('a stack that', () => {
  const rows: [what: string, () => string, message: RegExp][] = [
    ['can not be resolved', () => synthesize('two', { aws_new_thing: { x: {} } }), /doesn't know this type/],
    ['can not be wired', () => synthesize('two', { ...rule, ...strayTarget }), /doesn't know the target/],
    ['is another one', () => synthesize('two', {}, 'other'), /other can't take the place of stack/],
  ];
  const outcomes: { error: unknown; answer: unknown }[] = [];
  // One stack runs for all of them.
  beforeAll(async () => {
    const { swap, invoke } = await start();
    for (const [, changed] of rows) {
      const error = await swap(changed()).catch(String);
      outcomes.push({ error, answer: await invoke() });
    }
  });

  test.each(rows.map(([what, , message], row) => [what, row, message] as const))(
    '%s leaves the one that runs',
    (_, row, message) => {
      expect(outcomes[row]).toEqual({ error: expect.stringMatching(message), answer: 'one' });
    },
  );
});
