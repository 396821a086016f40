import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FunctionLogLine } from '@orders/local-aws';
import { type FindSourceLine, sourceLinesOfFiles, tellWhere } from '@orders/stack-trace';
import { tellProblem } from '../src/log-lines.ts';
import { tellStory } from '../src/story.ts';
import { sdkConfig, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { type Break, type BrokenSystem, breakFunctions } from './broken-functions.ts';
import { putEvent } from './put-event.ts';

const root = resolve(import.meta.dirname, '../../..');
const orderId = '01890a5d-ac96-774b-bcce-000000000001';

/** `apps/f/src/f.ts:<line>:` of the first line with this text. */
function lineOf(file: string, text: string): string {
  const lines = readFileSync(resolve(root, file), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`${file} has no line with ${text}`);
  return `${file}:${index + 1}:`;
}

/** The functions' own code calls `log.inxo`, and the persister's `client.sexd`. */
const ownCode: Break[] = [
  { app: 'producer', code: /(?<=\.)info(?=\(\{message:"order placed")/, broken: 'inxo' },
  { app: 'persister', code: /(?<=async store\(.{0,60}\.)send/, broken: 'sexd' },
  { app: 'tracker', code: /(?<=\.)info(?=\(\{message:\w+\?"step recorded")/, broken: 'inxo' },
  { app: 'tracker', code: /(?<=\.)info(?=\(\{message:"order found")/, broken: 'inxo' },
];
/** The AWS SDK calls a method that isn't there. */
const library = (app: string): Break => ({
  app,
  code: /(?<=delete this\.handlers,\w+=\w+\.)resolveMiddleware/,
  broken: 'resolveMiddlewarx',
});

/** What breaks, and the line that the error of each function points at. */
const kinds: [kind: string, breaks: Break[], lines: Record<string, string>][] = [
  [
    'in code of its own',
    ownCode,
    {
      'orders-producer': lineOf('apps/producer/src/handle-request.ts', "message: 'order placed'"),
      'orders-persister': lineOf('apps/persister/src/order-table.ts', 'client.send('),
      'orders-tracker': lineOf('apps/tracker/src/track-event.ts', "'step recorded'"),
      'orders-status': lineOf('apps/tracker/src/answer-request.ts', "'order found'"),
    },
  ],
  [
    "below a library's frame",
    ['producer', 'persister', 'tracker'].map(library),
    {
      'orders-producer': lineOf('packages/events/src/publish.ts', 'client.send('),
      'orders-persister': lineOf('apps/persister/src/order-table.ts', 'client.send('),
      'orders-tracker': lineOf('apps/tracker/src/status-table.ts', 'client.send(update'),
      'orders-status': lineOf('apps/tracker/src/status-table.ts', 'client.send(read'),
    },
  ],
];

describe.each(kinds)('a TypeError %s', (_, breaks, lines) => {
  let broken: BrokenSystem;
  let system: TestSystem;
  let lambda: LambdaClient;
  let findSourceLine: FindSourceLine;
  const logged: FunctionLogLine[] = [];

  beforeAll(async () => {
    broken = breakFunctions(breaks);
    findSourceLine = sourceLinesOfFiles(broken.apps);
    system = await startTestSystem({
      outDir: broken.outDir,
      findSourceLine,
      onLog: (line) => logged.push(line),
    });
    lambda = new LambdaClient(sdkConfig(system));
    const answer = await system.sendOrder({ location: 'aq-south', category: 'books', value: 3 });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    await publishProcessed(system);
    await system.settled();
    await fetch(`${system.apiUrl}/orders/${orderId}`);
  });
  afterAll(async () => {
    lambda?.destroy();
    await system?.close();
    broken?.remove();
  });

  describe.each(Object.entries(lines))('of %s', (name, line) => {
    const message = () => {
      const found = logged.find(
        (each) => each.function === name && /TypeError.*\.mjs:\d/s.test(each.message),
      );
      if (!found) throw new Error(`${name} has logged no TypeError`);
      return found.message;
    };
    /** The first line that has a place in the source: the error itself. */
    const firstPlace = (text: string) => text.split('\n').find((each) => /\.ts:\d/.test(each));

    test('has its line in the terminal', () => {
      const told = tellProblem({ function: name, message: message() }, findSourceLine, process.stdout) ?? '';
      expect(firstPlace(told.slice(told.lastIndexOf('TypeError')))).toContain(line);
    });

    test('has its line by `pnpm where`, from its log line on AWS', async () => {
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
      const onAws = message().replaceAll(/file:\/\/\S+?\/(?=[\w-]+\.mjs)/g, 'file:///var/task/');
      const told = tellWhere(onAws, broken.apps, Configuration?.CodeSha256).join('\n');
      expect(told).toContain(line);
    });
  });

  test('is in the story with its line, the stack below it and the queue that has the event', () => {
    const steps = system.story(orderId).steps.filter((step) => step.kind === 'invocation');
    for (const name of ['orders-persister', 'orders-tracker']) {
      const line = lines[name] ?? '';
      expect(steps.find((step) => step.function === name)).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/^TypeError: .* at /),
        failureQueue: `${name}-failures`,
      });
      const { error = '', stack = [] } = steps.find((step) => step.function === name) ?? {};
      expect(error).toContain(line);
      expect(stack.find((each) => /\.ts:\d/.test(each))).toContain(line);
      expect(stack.join('\n')).not.toMatch(/node_modules|\.mjs/);
    }
    expect(tellStory(system.story(orderId), process.stdout)).toContain(lines['orders-persister']);
  });

  test('is in the view of the failure queues with its line', async () => {
    for (const name of ['orders-persister', 'orders-tracker']) {
      const answer = await fetch(`${system.endpoint}/_local/queues/${name}-failures/messages`);
      const { messages } = (await answer.json()) as { messages: { error: string }[] };
      expect(messages.length).toBeGreaterThan(0);
      for (const { error } of messages) expect(error).toContain(lines[name]);
    }
  });
});

async function publishProcessed(system: TestSystem): Promise<void> {
  const OrderDetails = { category: 'books', location: 'eu-west', value: 3 };
  await putEvent(system, 'Order Processed', { OrderId: orderId, OrderDetails });
}
