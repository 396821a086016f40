import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { describe, expect, test } from '@jest/globals';
import { readContract } from '@orders/contract';
import { eventSchema } from '@orders/contract/event-schemas';
import { parsePattern } from '@orders/event-pattern';
import { checkPattern } from '@orders/event-pattern/can-match';
import { detailTypes, type EventPattern, source } from '@orders/events';
import { App, Fn, TerraformStack, TerraformVariable, Token } from 'cdktf';
import { synthesize } from '../../scripts/synthesize.ts';
import { OrderStack } from '../order-stack.ts';
import { stageOf } from '../stages.ts';
import { CheckedPatterns } from './checked-patterns.ts';
import { EventBus } from './event-bus.ts';
import { Queue } from './queue.ts';
import { toQueue } from './targets.ts';

const placed = (detail: object) => ({ source: [source], 'detail-type': ['Order Placed'], detail });
const possible = placed({ location: [{ prefix: 'us-' }] });
const misspelt = placed({ loction: [{ prefix: 'us-' }] });

const placedFields = Object.keys(
  readContract().find(({ detailType }) => detailType === 'Order Placed')?.detail.properties ?? {},
);

/** The faults of the patterns in a small stack. */
function faultsIn(build: (stack: TerraformStack) => void): string[] {
  const stack = new TerraformStack(new App(), 'small');
  build(stack);
  return new CheckedPatterns(stack).validate();
}

const makeRule = (stack: TerraformStack, eventPattern: string) =>
  new CloudwatchEventRule(stack, 'rule', { name: 'Odd', eventBusName: 'Orders', eventPattern });

test('the events that rules can match are those of the contract', () => {
  const names = readContract().map(({ detailType }) => detailType);
  expect(names.sort()).toEqual(Object.values(detailTypes).sort());
});

test('the patterns of the order stack can match', () => {
  expect(new CheckedPatterns(new OrderStack(new App(), stageOf())).validate()).toEqual([]);
});

test('the order stack is not synthesized with a rule that can never match', () => {
  const build = (app: App) => {
    const stack = new OrderStack(app, stageOf());
    makeRule(stack, JSON.stringify(misspelt));
    return stack;
  };
  expect(() => synthesize(build)).toThrow('The rule Odd can never match: detail.loction is');
});

describe('a rule with a misspelt field is reported, with what is allowed', () => {
  test.each<[string, (stack: TerraformStack, pattern: EventPattern) => void]>([
    [
      'made by bus.rule',
      (stack, pattern) => {
        const bus = new EventBus(stack, 'another-bus', { name: 'Another', archiveDays: 1 });
        bus.rule('Odd', pattern).to(toQueue(new Queue(stack, 'queue', { name: 'Queue' })));
      },
    ],
    ["made by the provider's class", (stack, pattern) => void makeRule(stack, JSON.stringify(pattern))],
    [
      'with the pattern as an override',
      (stack, pattern) => {
        const rule = new CloudwatchEventRule(stack, 'rule', { name: 'Odd', eventBusName: 'Orders' });
        rule.addOverride('event_pattern', JSON.stringify(pattern));
      },
    ],
    [
      'made by an override of the stack',
      (stack, pattern) => {
        const rule = { name: 'Odd', event_bus_name: 'Orders', event_pattern: JSON.stringify(pattern) };
        stack.addOverride('resource.aws_cloudwatch_event_rule.odd', rule);
      },
    ],
  ])('%s', (_, make) => {
    expect(faultsIn((stack) => make(stack, possible as EventPattern))).toEqual([]);
    expect(faultsIn((stack) => make(stack, misspelt as EventPattern))).toEqual([
      'The rule Odd can never match: detail.loction is [{"prefix":"us-"}], but no event that the pattern names has it: ' +
        `Order Placed has ${placedFields.join(', ')} in detail`,
    ]);
  });
});

test('an archive with a pattern that no event can match is reported', () => {
  const archive = (pattern: object) => (stack: TerraformStack) => {
    const config = { name: 'Some', eventSourceArn: 'arn:bus', eventPattern: JSON.stringify(pattern) };
    new CloudwatchEventArchive(stack, 'archive', config);
  };
  expect(faultsIn(archive(possible))).toEqual([]);
  expect(faultsIn(archive(placed({ location: [{ prefix: 'US-' }] })))).toEqual([
    expect.stringContaining(
      'The archive Some can never match: detail.location is {"prefix":"US-"}, but Order Placed',
    ),
  ]);
});

test('a rule of the default bus, which has the events of AWS, is left out', () => {
  const eventPattern = JSON.stringify({ source: ['aws.ec2'] });
  expect(
    faultsIn((stack) => void new CloudwatchEventRule(stack, 'rule', { name: 'Instances', eventPattern })),
  ).toEqual([]);
});

test('a rule with a schedule, and an archive of everything, have no pattern to check', () => {
  expect(
    faultsIn((stack) => {
      const schedule = { eventBusName: 'Orders', scheduleExpression: 'rate(1 day)' };
      new CloudwatchEventRule(stack, 'rule', schedule);
      new CloudwatchEventArchive(stack, 'archive', { name: 'All', eventSourceArn: 'arn:bus' });
    }),
  ).toEqual([]);
});

test.each([
  ['an invalid operator', placed({ location: [{ prefx: 'us-' }] }), '$.detail.location[0].prefx'],
  ['a value outside an array', placed({ location: 'us-' }), '$.detail.location'],
  ['more than 4096 characters', { source: [source, 'x'.repeat(4096)] }, '$'],
])('a pattern that AWS refuses is reported: %s', (_, pattern, place) => {
  expect(faultsIn((stack) => void makeRule(stack, JSON.stringify(pattern)))).toEqual([
    expect.stringContaining(`The rule Odd has an invalid event pattern at ${place}: received `),
  ]);
});

test.each([
  ['$or as the name of a field', { $or: ['x'] }, 'can never match: $or is ["x"]'],
  [
    'zeros in an address',
    placed({ location: [{ cidr: '010.0.0.0/8' }] }),
    'can never match: detail.location is',
  ],
])('a pattern that AWS takes is checked: %s', (_, pattern, fault) => {
  expect(faultsIn((stack) => void makeRule(stack, JSON.stringify(pattern)))).toEqual([
    expect.stringContaining(`The rule Odd ${fault}`),
  ]);
});

test('a pattern that is not JSON at synth is reported with the name of its rule', () => {
  const unreadable = (text: string) => [
    expect.stringContaining(`The rule Odd has no event pattern that can be read at synth: received ${text}`),
  ];
  expect(faultsIn((stack) => void makeRule(stack, 'source: orders'))).toEqual(
    unreadable('source: orders; allowed is a JSON object'),
  );
  const variable = (stack: TerraformStack) => new TerraformVariable(stack, 'odd', { type: 'string' });
  expect(faultsIn((stack) => void makeRule(stack, variable(stack).stringValue))).toEqual(
    unreadable('${var.odd}; allowed is'),
  );
  expect(faultsIn((stack) => void makeRule(stack, Fn.jsonencode(misspelt)))).toEqual(
    unreadable('${jsonencode('),
  );
});

describe('a value that only Terraform knows may be anything', () => {
  test.each<[string, (text: TerraformVariable) => unknown[]]>([
    ['a text', (text) => [text.stringValue]],
    ['a part of a text', (text) => [`${text.stringValue}-1`]],
    ['the operand of an operator', (text) => [{ prefix: text.stringValue }]],
    ['a text in a list', (text) => [{ 'anything-but': [text.stringValue] }]],
    ['a reference written by hand', () => ['${var.text}']],
  ])('%s', (_, alternatives) => {
    const build = (field: string) => (stack: TerraformStack) => {
      const text = new TerraformVariable(stack, 'text', { type: 'string' });
      makeRule(stack, JSON.stringify(placed({ [field]: alternatives(text) })));
    };
    expect(faultsIn(build('location'))).toEqual([]);
    expect(faultsIn(build('loction'))).toEqual([
      expect.stringContaining('can never match: detail.loction is'),
    ]);
  });

  test('beside values that are checked', () => {
    expect(
      faultsIn((stack) => void makeRule(stack, ' {"source":["nobody"],"account":["${var.a}"]}')),
    ).toEqual([expect.stringContaining('The rule Odd can never match: source is "nobody"')]);
  });

  const list = (stack: TerraformStack) => new TerraformVariable(stack, 'list', { type: 'list(string)' });
  const locations = (alternatives: (stack: TerraformStack) => unknown[]) => () =>
    faultsIn((stack) => void makeRule(stack, JSON.stringify(placed({ location: alternatives(stack) }))));

  test('except a number, with which the pattern is not JSON', () => {
    expect(locations((stack) => [Token.asNumber(Fn.lengthOf(list(stack).listValue))])()).toEqual([
      expect.stringContaining('that can be read at synth'),
    ]);
  });

  test('except a list, which cdktf itself refuses in a text', () => {
    expect(locations((stack) => list(stack).listValue)).toThrow('Found an encoded list token string');
  });
});

test('a reference inside a detail is followed in the detail', () => {
  const properties = { source: { const: 'web' }, origin: { $ref: '#/properties/source' } };
  const event = eventSchema({
    source: 'test',
    detailType: 'Test',
    detail: { type: 'object', properties },
  });
  const check = (origin: string) =>
    checkPattern(parsePattern(`{"detail": {"origin": ["${origin}"]}}`), [event]);
  expect(check('web')).toEqual([]);
  expect(check('test')).toHaveLength(1);
});
