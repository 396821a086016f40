import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { JsonObject } from './json.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { arnOf, policy, region, trust, until } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'orders-swapped-'));
/** Until this file is there, the handler doesn't answer. */
const gate = join(root, 'gate');
const begun = join(root, 'begun');

/** Writes a stack with a function that answers `version`, a queue, and these resources. */
function synthesize(version: string, more: JsonObject = {}, name = 'stack'): string {
  const dir = mkdtempSync(join(root, 'stack-'));
  const code = `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
export const handler = async ({ waits }) => {
  writeFileSync(${JSON.stringify(begun)}, '');
  while (waits && !existsSync(${JSON.stringify(gate)})) await setTimeout(5);
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

let system: LocalAws;
beforeAll(async () => {
  system = await startLocalAws({
    outDir: synthesize('one'),
    port: 0,
    subjectOf: () => undefined,
    surround: () => ({ variables: {}, routes: {} }),
    onFailure: () => {},
  });
});
afterAll(async () => {
  await system?.close();
  rmSync(root, { recursive: true, force: true });
});

const invoke = async (payload: object = {}): Promise<unknown> => {
  const url = `${system.endpoint}/2015-03-31/functions/f/invocations`;
  return (await fetch(url, { method: 'POST', body: JSON.stringify(payload) })).json();
};
const aws = async (target: string, input: object): Promise<JsonObject> => {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
  const answer = await fetch(system.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
  return (await answer.json()) as JsonObject;
};
const queueUrl = () => `${system.endpoint}/000000000000/q`;
const bodies = async () => {
  const input = { QueueUrl: queueUrl(), MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages = [] } = await aws('AmazonSQS.ReceiveMessage', input);
  return (Messages as JsonObject[]).map(({ Body }) => String(Body));
};

test('a swap lets what is under way end in the old code, and keeps the messages', async () => {
  await aws('AmazonSQS.SendMessage', { QueueUrl: queueUrl(), MessageBody: 'before' });
  const underWay = invoke({ waits: true });
  await until(() => existsSync(begun), 'the handler has begun');
  const swapped = system.swap(synthesize('two'));
  writeFileSync(gate, '');
  expect(await underWay).toBe('one');
  expect(await swapped).toEqual(['function f has other code']);
  expect(await invoke()).toBe('two');
  expect(await bodies()).toEqual(['before']);
});

test('a rule that is swapped in delivers, and an event that was sent meanwhile is not lost', async () => {
  const swapped = system.swap(synthesize('two', withRule));
  expect(await swapped).toEqual([
    'bus Bus is new',
    'rule R is new',
    '2 other resources differ (aws_cloudwatch_event_target, aws_sqs_queue_policy)',
  ]);
  const again = system.swap(synthesize('three', withRule));
  const entry = { EventBusName: 'Bus', Source: 's', DetailType: 'T', Detail: '{"n":1}' };
  expect(await aws('AWSEvents.PutEvents', { Entries: [entry] })).toMatchObject({ FailedEntryCount: 0 });
  await again;
  await system.settle();
  expect((await bodies()).filter((body) => body.includes('"n":1'))).toHaveLength(1);
});

test.each([
  ['can not be resolved', () => synthesize('four', { aws_new_thing: { x: {} } }), /doesn't know this type/],
  [
    'can not be wired',
    () => synthesize('four', { ...rule, aws_sqs_queue: {}, ...strayTarget }),
    /local run doesn't know/,
  ],
  ['is another one', () => synthesize('four', {}, 'other'), /other can't take the place of stack/],
])('a stack that %s leaves the one that runs', async (_, changed, message) => {
  await expect(system.swap(changed())).rejects.toThrow(message);
  expect(await invoke()).toBe('three');
  expect((await fetch(`${system.endpoint}/_local/health`)).status).toBe(200);
});
