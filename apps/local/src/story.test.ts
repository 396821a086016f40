import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import type { Step, Story } from '@orders/local-aws';
import { tellStory } from './story.ts';

const stream = new Writable() as NodeJS.WriteStream;
const makeStory = (steps: Step[], settled = true): Story => ({
  subject: 'o-1',
  settled,
  steps: steps.map((step, index) => ({ ...step, atMs: index * 1_000 })),
});
/** The lines below the title. FORCE_COLOR, which test runners set, colours even this stream. */
const tell = (steps: Step[], settled?: boolean) =>
  stripVTControlCharacters(tellStory(makeStory(steps, settled), stream))
    .split('\n')
    .slice(1);

const event = (deliveries: Extract<Step, { kind: 'event' }>['deliveries']): Step => ({
  kind: 'event',
  id: 'e',
  detailType: 'Order Placed',
  source: 's',
  bus: 'Orders',
  deliveries,
});
test('an event that a rule nearly matched says why it did not', () => {
  const sentence = '`detail.location` is "aq-south"; the rule wants a value that starts with "us-"';
  expect(tell([{ ...event([]), nearMisses: [{ rule: 'US', sentence }] } as Step]).at(-1)).toBe(
    `            rule US nearly matched: ${sentence}`,
  );
});

const invocation = { kind: 'invocation', function: 'f' } as const;
const execution = { kind: 'execution', stateMachine: 'W' } as const;

describe('a story tells', () => {
  test.each<[string, Step, string[]]>([
    [
      'a request that is not answered',
      { kind: 'request', method: 'GET', path: '/dev' },
      ['    0 ms  GET /dev → (no answer yet)'],
    ],
    [
      'a request and its status',
      { kind: 'request', method: 'POST', path: '/dev', status: 202 },
      ['    0 ms  POST /dev → 202'],
    ],
    [
      'what a request ordered',
      { kind: 'request', method: 'GET', path: '/dev', sent: '?location=us-east-1', status: 202 },
      ['    0 ms  GET /dev?location=us-east-1 → 202'],
    ],
    [
      'a body in one line, and why it was refused',
      {
        kind: 'request',
        method: 'POST',
        path: '/dev/orders',
        sent: '{\n  "value": -1\n}',
        status: 400,
        refusal: '{"detail":"value is invalid"}',
      },
      ['    0 ms  POST /dev/orders { "value": -1 } → 400 value is invalid'],
    ],
    [
      'what a function left, and what becomes of it',
      {
        kind: 'left work',
        function: 'f',
        left: ['a timer', 'the request AWSEvents.PutEvents'],
        isFrozen: true,
      },
      [
        '    0 ms  function f has answered and left a timer and the request AWSEvents.PutEvents. It stands still, as on AWS: ' +
          'what was left goes on with its next invocation, or never',
      ],
    ],
    [
      'a fault that was injected, and where',
      { kind: 'fault', fault: 'throttle', place: 'AWSEvents.PutEvents in the role R' },
      ['    0 ms  fault throttle: AWSEvents.PutEvents in the role R'],
    ],
    ['a function that runs', { ...invocation, status: 'running' }, ['    0 ms  function f (running)']],
    ['a function that succeeded', { ...invocation, status: 'succeeded' }, ['    0 ms  function f ✓']],
    [
      'a function that failed',
      { ...invocation, status: 'failed', error: 'E: no' },
      ['    0 ms  function f ✗ E: no'],
    ],
    [
      'a function that is tried again',
      { ...invocation, status: 'running', error: 'E: no', nextAttemptAtMs: 60_000 },
      ['    0 ms  function f ✗ E: no (next attempt at 60000 ms)'],
    ],
    [
      'a function that succeeded in the end',
      { ...invocation, status: 'succeeded', attempts: 3 },
      ['    0 ms  function f ✓ after 3 attempts'],
    ],
    [
      'a function that failed, and where the event is kept',
      { ...invocation, status: 'failed', error: 'E: no', failureQueue: 'f-failures' },
      ['    0 ms  function f ✗ E: no → queue f-failures'],
    ],
    [
      'an event that no rule matched',
      event([]),
      ['    0 ms  event Order Placed on bus Orders', '            no rule matched'],
    ],
    [
      'an event and its deliveries',
      event([
        { rule: 'A', target: 'function f', status: 'in flight' },
        { rule: 'B', target: 'log group g', status: 'delivered' },
        { rule: 'C', target: 'API destination d', status: 'failed', error: '503' },
        {
          rule: 'D',
          target: 'queue q',
          status: 'failed',
          error: 'no',
          attempts: 186,
          deadLetterQueue: 'D-dead-letters',
        },
        {
          rule: 'E',
          target: 'queue r',
          status: 'in flight',
          error: 'full',
          attempts: 2,
          nextAttemptAtMs: 3_000,
        },
      ]),
      [
        '    0 ms  event Order Placed on bus Orders',
        '            rule A → function f (in flight)',
        '            rule B → log group g ✓',
        '            rule C → API destination d ✗ 503',
        '            rule D → queue q ✗ no after 186 attempts → queue D-dead-letters',
        '            rule E → queue r ✗ full after 2 attempts (next attempt at 3000 ms)',
      ],
    ],
    [
      'an execution and its states',
      {
        ...execution,
        status: 'failed',
        error: 'E: broke',
        states: [
          { name: 'A', status: 'succeeded' },
          { name: 'B', status: 'failed', error: 'E: broke' },
          { name: 'C', status: 'entered' },
        ],
      },
      [
        '    0 ms  workflow W ✗ E: broke',
        '            state A ✓',
        '            state B ✗ E: broke',
        '            state C (entered)',
      ],
    ],
    [
      'a write',
      { kind: 'write', table: 'T', operation: 'PutItem', item: { a: 1 } },
      ['    0 ms  PutItem in table T: {"a":1}'],
    ],
  ])('%s', (_, step, lines) => {
    expect(tell([step])).toEqual(lines);
  });

  test('its steps in their order, each with its time', () => {
    expect(
      tell([
        { ...invocation, status: 'running' },
        { ...invocation, status: 'succeeded' },
      ]),
    ).toEqual(['    0 ms  function f (running)', ' 1000 ms  function f ✓']);
  });

  test('that something is still in flight, below its steps', () => {
    expect(tell([event([])], false).at(-1)).toBe('        … still in flight');
    expect(tell([], true)).toEqual([]);
  });
});

test.each([
  ['has no escape codes', {}, false],
  ['has colours when they are forced', { FORCE_COLOR: '1' }, true],
])("a story for a stream that isn't a terminal %s", (_, env, colours) => {
  const story = JSON.stringify(makeStory([{ ...invocation, status: 'failed', error: 'no' }], false));
  const script = `
    import { tellStory } from ${JSON.stringify(new URL('./story.ts', import.meta.url).href)};
    process.stdout.write(tellStory(${story}, process.stdout));`;
  const args = [...nodeOptions, '--input-type=module', '--eval', script];
  const told = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
  expect(told).toContain('order o-1');
  expect(told !== stripVTControlCharacters(told)).toBe(colours);
});
