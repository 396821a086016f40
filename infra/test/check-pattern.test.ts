import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { describe, expect, test } from '@jest/globals';
import { detailTypes, type EventPattern, everyOrderEvent, source } from '@orders/events';
import type { Keywords } from '@orders/schema-compatibility';
import { App, Fn, TerraformStack, TerraformVariable, Token } from 'cdktf';
import { EventBus } from '../src/constructs/event-bus.ts';
import { Queue } from '../src/constructs/queue.ts';
import { toQueue } from '../src/constructs/targets.ts';
import { eventSchema } from '../src/contract/event-schema.ts';
import { OrderStack } from '../src/order-stack.ts';
import { stageOf } from '../src/stages.ts';
import { contract, faults, ofEvent } from './pattern-faults.ts';
import { synth } from './synth.ts';

const placed = (detail?: object) => ofEvent('Order Placed', detail);
const processed = (detail?: object) => ofEvent('Order Processed', detail);
const everyEvent = (detail: object) => ({ source: [source], detail });
const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';

test('the contract is all of the schemas that the package has', () => {
  expect(contract.map(({ name }) => name).sort()).toEqual(Object.values(detailTypes).sort());
});

describe('of the patterns on the schemas of the contract', () => {
  test.each<[string, object]>([
    ['every event of the source', everyOrderEvent],
    ['an event', placed()],
    ['an exact value', placed({ location: ['eu-west'] })],
    ['a prefix', placed({ location: [{ prefix: 'us-' }] })],
    ['a prefix that is a whole value', placed({ location: [{ prefix: 'eu-west-1' }] })],
    ['a suffix', placed({ location: [{ suffix: '-12' }] })],
    ['a suffix in whatever case', placed({ location: [{ suffix: { 'equals-ignore-case': 'WEST' } }] })],
    ['a prefix in whatever case', placed({ location: [{ prefix: { 'equals-ignore-case': 'EU-' } }] })],
    ['a value in whatever case', placed({ location: [{ 'equals-ignore-case': 'EU-West' }] })],
    ['a wildcard', placed({ location: [{ wildcard: '*-west-*' }] })],
    ['the least value', placed({ value: [0.000001] })],
    ['a range that meets the bounds', placed({ value: [{ numeric: ['>=', 5000000000] }] })],
    ['a range', placed({ value: [{ numeric: ['>', 0, '<=', 10] }] })],
    ['anything but a value', placed({ location: [{ 'anything-but': 'eu-west' }] })],
    ['anything but some prefixes', placed({ location: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] })],
    ['an optional field that is absent', processed({ OrderId: [{ exists: false }] })],
    ['a field that is present', placed({ orderId: [{ exists: true }] })],
    ['a nested field', processed({ OrderDetails: { location: [{ prefix: 'eu' }] } })],
    ['a nested field, its path written with dots', processed({ 'OrderDetails.location': ['eu-west'] })],
    ['a field that only one of the events has', everyEvent({ OrderId: [uuid] })],
    ['the absence of what another event has', everyEvent({ orderId: [{ exists: false }] })],
    ['the rest of the envelope', { ...placed(), account: ['123456789012'], resources: [{ prefix: 'arn:' }] }],
    ['an address among the resources', { ...placed(), resources: [{ cidr: '10.0.0.0/8' }, '10.0.0.1'] }],
    ['events that are no replay', { ...placed(), 'replay-name': [{ exists: false }] }],
    ['no resources', { ...placed(), resources: [{ exists: false }] }],
    ['an object that is not looked into', processed({ OrderDetails: [{ exists: false }] })],
    [
      '$or of branches that match different events',
      { source: [source], $or: [{ detail: { location: ['eu-west'] } }, { detail: { OrderId: [uuid] } }] },
    ],
    [
      '$or inside of $or',
      placed({ $or: [{ value: [1] }, { $or: [{ category: ['a'] }, { location: ['eu-west'] }] }] }),
    ],
  ])('%s passes', (_, pattern) => {
    expect(faults(pattern)).toEqual([]);
  });

  const location = 'Order Placed allows a string of at most 32 characters, matching ^[a-z]{2,4}';
  test.each<[string, object, string, string]>([
    [
      'a source that nobody has',
      { source: ['com.aws.order'] },
      'can never match: source is "com.aws.order"',
      'Order Dispatched, Order Placed, Order Processed: each allows "com.aws.orders"',
    ],
    [
      'a detail-type that no event has',
      { source: [source], 'detail-type': ['Order placed'] },
      'can never match: detail-type is "Order placed"',
      'Order Dispatched allows "Order Dispatched"; Order Placed allows "Order Placed"; Order Processed allows',
    ],
    [
      'one detail-type of two',
      { 'detail-type': ['Order Placed', 'Order Shipped'] },
      'has an alternative that can never match: detail-type[1] is "Order Shipped"',
      'Order Placed allows "Order Placed"',
    ],
    [
      'a field that the envelope has not',
      { ...placed(), detailtype: ['Order Placed'] },
      'can never match: detailtype is ["Order Placed"]',
      'has version, id, detail-type, source, account, time, region, resources, detail, replay-name at the top',
    ],
    [
      'a number of the envelope',
      { ...placed(), account: [123456789012] },
      'account is 123456789012',
      'allows a string',
    ],
    [
      'a misspelt field',
      placed({ loction: ['eu-west'] }),
      'can never match: detail.loction is ["eu-west"]',
      'Order Placed has orderId, category, location, value',
    ],
    [
      'a field of another event',
      processed({ location: ['eu-west'] }),
      'detail.location is ["eu-west"]',
      'Order Processed has OrderId, OrderDetails',
    ],
    [
      'a misspelt nested field',
      processed({ OrderDetails: { Location: ['eu-west'] } }),
      'detail.OrderDetails.Location is ["eu-west"]',
      'Order Processed has category, location, value',
    ],
    [
      'a field inside of a text',
      placed({ location: { region: ['eu'] } }),
      'detail.location.region is ["eu"]',
      'Order Placed has no fields in detail.location',
    ],
    [
      'a field that no event has',
      everyEvent({ loction: ['x'] }),
      'detail.loction is ["x"]',
      'Order Processed has OrderId',
    ],
    [
      'the absence of a misspelt field',
      placed({ loction: [{ exists: false }] }),
      'asks for nothing: detail.loction is',
      'has orderId',
    ],
    [
      'an object as if it were a value',
      processed({ OrderDetails: [{ exists: true }] }),
      'detail.OrderDetails is {"exists":true}',
      'Order Processed has an object there, and a pattern names its fields',
    ],
    ['a value of another form', placed({ location: ['eu_west'] }), 'detail.location is "eu_west"', location],
    [
      'a value in the wrong case',
      placed({ location: ['EU-WEST'] }),
      'detail.location is "EU-WEST"',
      location,
    ],
    [
      'a prefix in the wrong case',
      placed({ location: [{ prefix: 'US-' }] }),
      'detail.location is {"prefix":"US-"}',
      location,
    ],
    ['a suffix', placed({ location: [{ suffix: '-' }] }), 'detail.location is {"suffix":"-"}', location],
    [
      'a prefix in whatever case',
      placed({ location: [{ prefix: { 'equals-ignore-case': 'EU_' } }] }),
      'detail.location is {"prefix":{"equals-ignore-case":"EU_"}}',
      location,
    ],
    [
      'a suffix in whatever case',
      placed({ location: [{ suffix: { 'equals-ignore-case': '-1A' } }] }),
      'detail.location is {"suffix":{"equals-ignore-case":"-1A"}}',
      location,
    ],
    [
      'a value in whatever case',
      placed({ location: [{ 'equals-ignore-case': 'EU WEST' }] }),
      'detail.location is {"equals-ignore-case":"EU WEST"}',
      location,
    ],
    [
      'a wildcard',
      placed({ location: [{ wildcard: 'eu-*_*' }] }),
      'detail.location is {"wildcard":"eu-*_*"}',
      location,
    ],
    [
      'an asterisk that is no wildcard',
      placed({ location: [{ wildcard: 'eu-\\*' }] }),
      'detail.location is {"wildcard":"eu-\\\\*"}',
      location,
    ],
    [
      'a prefix that is too long',
      placed({ category: [{ prefix: 'a'.repeat(65) }] }),
      'detail.category is {"prefix":"aaa',
      'Order Placed allows a string of at most 64 characters',
    ],
    [
      'a network',
      placed({ location: [{ cidr: '10.0.0.0/8' }] }),
      'detail.location is {"cidr":"10.0.0.0/8"}',
      location,
    ],
    ['a number for a text', placed({ location: [1] }), 'detail.location is 1', location],
    ['null', placed({ location: [null] }), 'detail.location is null', location],
    [
      'a range for a text',
      placed({ location: [{ numeric: ['>', 1] }] }),
      'detail.location is {"numeric":[">",1]}',
      location,
    ],
    [
      'a text for a number',
      placed({ value: ['300'] }),
      'detail.value is "300"',
      'Order Placed allows a number at least 0.000001, at most 5000000000, such as 300',
    ],
    [
      'a prefix of a number',
      placed({ value: [{ prefix: '3' }] }),
      'detail.value is {"prefix":"3"}',
      'allows a number',
    ],
    ['a value below the least', placed({ value: [0] }), 'detail.value is 0', 'at least 0.000001'],
    [
      'a number below the least',
      placed({ value: [{ numeric: ['=', -1] }] }),
      'detail.value is {"numeric":["=",-1]}',
      'at least',
    ],
    [
      'a range above the bounds',
      placed({ value: [{ numeric: ['>', 5e9] }] }),
      'detail.value is',
      'at most 5000000000',
    ],
    [
      'a range below the bounds',
      placed({ value: [{ numeric: ['<', 0.000001] }] }),
      'detail.value is',
      'at least 0.000001',
    ],
    [
      'an empty range',
      placed({ value: [{ numeric: ['>', 5, '<', 5] }] }),
      'detail.value is',
      'what it takes',
    ],
    [
      'the absence of a required field',
      placed({ orderId: [{ exists: false }] }),
      'detail.orderId is {"exists":false}',
      'Order Placed always has it',
    ],
    [
      'the absence of a field that is required inside of a required one',
      processed({ OrderDetails: { value: [{ exists: false }] } }),
      'detail.OrderDetails.value is {"exists":false}',
      'Order Processed always has it',
    ],
    [
      'one alternative of two',
      placed({ location: [{ prefix: 'us-' }, { prefix: 'US-' }] }),
      'has an alternative that can never match: detail.location[1] is {"prefix":"US-"}',
      location,
    ],
    [
      'an exclusion of what can never be',
      placed({ location: [{ 'anything-but': { prefix: 'US-' } }] }),
      'excludes what can never be: detail.location is {"anything-but":{"prefix":"US-"}}',
      location,
    ],
    [
      'a branch of $or',
      placed({ $or: [{ location: ['eu-west'] }, { location: ['EU'] }] }),
      'has an alternative that can never match: detail.$or[1].location is "EU"',
      location,
    ],
    [
      'fields of different events',
      everyEvent({ OrderId: [uuid], orderId: [uuid] }),
      'can never match: no event has all that it names',
      `not Order Placed, as detail.OrderId is ["${uuid}"]; not Order Processed, as detail.orderId is ["${uuid}"]`,
    ],
    [
      'a branch of $or that goes with no event',
      {
        ...placed(),
        $or: [
          { detail: { value: [1] } },
          { 'detail-type': ['Order Processed'], detail: { OrderId: [uuid], value: [1] } },
        ],
      },
      '$or[1]',
      'no event that the pattern names has it',
    ],
    [
      'a text for an array',
      placed({ location: 'eu-west' }),
      'detail.location is "eu-west"',
      'an array of values',
    ],
    ['no value', placed({ location: [] }), 'detail.location is []', 'at least one value'],
    ['no field', placed({}), 'detail is {}', 'at least one field'],
    [
      'an unknown operator',
      placed({ location: [{ prefx: 'eu' }] }),
      'detail.location is {"prefx":"eu"}',
      'one operator of EventBridge',
    ],
    [
      'an operator by a name of every object',
      placed({ location: [{ constructor: 'a' }] }),
      'detail.location is',
      'one operator',
    ],
    [
      'two operators in one',
      placed({ location: [{ prefix: 'a', suffix: 'b' }] }),
      'detail.location is',
      'one operator',
    ],
    [
      'half a range',
      placed({ value: [{ numeric: ['>'] }] }),
      'detail.value is {"numeric":[">"]}',
      'what it takes',
    ],
    [
      'a range whose last bound is missing',
      placed({ value: [{ numeric: ['>', 1, '<'] }] }),
      'detail.value is',
      'what it takes',
    ],
    ['a range of texts', placed({ value: [{ numeric: ['>', '1'] }] }), 'detail.value is', 'what it takes'],
    [
      'a network that is one address',
      { ...placed(), resources: [{ cidr: '10.0.0.1/32' }] },
      'resources is {"cidr":"10.0.0.1/32"}',
      'what it takes',
    ],
    [
      'a network that is none',
      { ...placed(), resources: [{ cidr: '10.0.0/8' }] },
      'resources is {"cidr":"10.0.0/8"}',
      'what it takes',
    ],
    [
      'the exclusion of nothing',
      placed({ location: [{ 'anything-but': [] }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of an absence',
      placed({ location: [{ 'anything-but': { exists: false } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'an exclusion in a list of values',
      placed({ location: [{ 'anything-but': ['eu-west', { prefix: 'us' }] }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'a range with its bounds the wrong way round',
      placed({ value: [{ numeric: ['<', 10, '>', 5] }] }),
      'detail.value is',
      'what it takes',
    ],
    [
      'a range with two bounds of one side',
      placed({ value: [{ numeric: ['>', 0, '>', 5] }] }),
      'detail.value is',
      'what it takes',
    ],
    [
      'a range beside a value',
      placed({ value: [{ numeric: ['=', 1, '<', 5] }] }),
      'detail.value is',
      'what it takes',
    ],
    [
      'a range above what EventBridge compares',
      placed({ value: [{ numeric: ['<', 6e9] }] }),
      'detail.value is',
      'what it takes',
    ],
    [
      'two wildcards in a row',
      placed({ location: [{ wildcard: 'us**' }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'a backslash before a letter',
      placed({ location: [{ wildcard: 'a\\b' }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of null',
      placed({ location: [{ 'anything-but': null }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of texts and numbers',
      placed({ location: [{ 'anything-but': ['a', 1] }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of a network',
      placed({ location: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of an exclusion',
      placed({ location: [{ 'anything-but': { 'anything-but': 'a' } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of every prefix',
      placed({ location: [{ 'anything-but': { prefix: '' } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of a prefix in whatever case',
      placed({ location: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'the exclusion of no prefix',
      placed({ location: [{ 'anything-but': { prefix: [] } }] }),
      'detail.location is',
      'what it takes',
    ],
    [
      'an operator where $or has a field',
      placed({ $or: [{ value: [1] }, { prefix: ['a'] }] }),
      'detail.$or[1].prefix is ["a"]',
      'allowed is another name',
    ],
    ['an $or of one', placed({ $or: [{ value: [1] }] }), 'detail.$or is', 'at least two objects'],
  ])('%s is refused', (_, pattern, what, why) => {
    const found = faults(pattern);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^The rule Rule1 /);
    expect(found[0]).toContain(what);
    expect(found[0]).toContain(why);
  });
});

/** An event whose detail has one field, `x`, required, of the schema given. */
const withField = (x: Keywords | boolean, others: Keywords = {}) => [
  eventSchema('test', 'Test', {
    type: 'object',
    required: ['x'],
    properties: { x: x as Keywords },
    ...others,
  }),
];
const tree = { definitions: { tree: { type: 'array', items: { $ref: '#/definitions/tree' } } } };

describe('of the alternatives on one field of a small schema', () => {
  test.each<[string, Keywords | boolean, unknown, boolean | 'undecided', Keywords?]>([
    ['a value of an enum', { enum: ['new', 'old'] }, 'new', true],
    ['a value that is in no enum', { enum: ['new', 'old'] }, 'New', false],
    ['a prefix in an enum', { enum: ['new', 'old'] }, { prefix: 'n' }, true],
    ['a prefix that is in no enum', { enum: ['new', 'old'] }, { prefix: 'x' }, false],
    ['an enum without one value', { enum: ['new', 'old'] }, { 'anything-but': ['new'] }, true],
    [
      'an enum without all of its values',
      { enum: ['new', 'old'] },
      { 'anything-but': ['new', 'old'] },
      false,
    ],
    [
      'an enum without all of its prefixes',
      { enum: ['new', 'old'] },
      { 'anything-but': { prefix: ['n', 'o'] } },
      false,
    ],
    [
      'an enum without its values in other case',
      { enum: ['new'] },
      { 'anything-but': { 'equals-ignore-case': 'NEW' } },
      false,
    ],
    ['an enum of numbers by range', { enum: [1, 5] }, { numeric: ['>', 4] }, true],
    ['an enum of numbers by an empty range', { enum: [1, 5] }, { numeric: ['>', 1, '<', 5] }, false],
    ['an enum that its type narrows', { type: 'string', enum: ['a', 1] }, 1, false],
    ['a const', { const: 'a' }, 'a', true],
    ['another value than the const', { const: 'a' }, 'b', false],
    ['all but the const', { const: 'a' }, { 'anything-but': 'a' }, false],
    ['a text where only an object is allowed', { enum: [{ a: 1 }] }, 'a', false],
    ['true', { type: 'boolean' }, true, true],
    ['"true" for true', { type: 'boolean' }, 'true', false],
    ['null where it is allowed', { type: ['string', 'null'] }, null, true],
    ['null where it is not', { type: 'string' }, null, false],
    ['a whole number', { type: 'integer' }, 3, true],
    ['a fraction', { type: 'integer' }, 3.5, false],
    ['a range with a whole number', { type: 'integer' }, { numeric: ['>', 2, '<', 4] }, true],
    ['a range with no whole number', { type: 'integer' }, { numeric: ['>', 2, '<', 3] }, false],
    ['a range that ends in a whole number', { type: 'integer' }, { numeric: ['>', 2, '<=', 3] }, true],
    ['a range that begins with a whole number', { type: 'integer' }, { numeric: ['>=', 2, '<', 3] }, true],
    ['integer beside number', { type: ['integer', 'number'] }, 3.5, true],
    ['a multiple', { type: 'number', multipleOf: 0.5 }, 1.5, true],
    ['what is no multiple', { type: 'number', multipleOf: 5 }, 12, false],
    ['a range with no multiple', { type: 'number', multipleOf: 5 }, { numeric: ['>', 5, '<', 10] }, false],
    ['the bound itself', { type: 'number', minimum: 1 }, { numeric: ['<=', 1] }, true],
    ['less than the bound', { type: 'number', minimum: 1 }, { numeric: ['<', 1] }, false],
    ['the excluded bound', { type: 'number', exclusiveMinimum: 1 }, { numeric: ['<=', 1] }, false],
    ['the excluded upper bound', { type: 'number', exclusiveMaximum: 1 }, { numeric: ['>=', 1] }, false],
    [
      'below the excluded upper bound',
      { type: 'number', exclusiveMaximum: 1 },
      { numeric: ['>=', 0.9] },
      true,
    ],
    [
      'a few whole numbers but some',
      { type: 'integer', minimum: 1, maximum: 3 },
      { 'anything-but': [1, 3] },
      true,
    ],
    [
      'a few whole numbers but all',
      { type: 'integer', minimum: 1, maximum: 3 },
      { 'anything-but': [1, 2, 3] },
      false,
    ],
    ['a text that is too short', { type: 'string', minLength: 3 }, 'ab', false],
    [
      'a text that is long enough, in code points',
      { type: 'string', minLength: 2, maxLength: 2 },
      '😀😀',
      true,
    ],
    ['a prefix of a longer text', { type: 'string', minLength: 3 }, { prefix: 'ab' }, true],
    ['a prefix that is too long', { type: 'string', maxLength: 2 }, { prefix: 'abc' }, false],
    [
      'an exclusion that leaves no text',
      { type: 'string', pattern: '^(eu|us)$' },
      { 'anything-but': ['eu', 'us'] },
      false,
    ],
    [
      'an exclusion that leaves a text',
      { type: 'string', pattern: '^(eu|us)$' },
      { 'anything-but': ['eu'] },
      true,
    ],
    ['a pattern without anchors', { type: 'string', pattern: 'b' }, { prefix: 'a' }, true],
    ['a pattern with its start alone', { type: 'string', pattern: '^b' }, { prefix: 'a' }, false],
    ['a pattern with its end alone', { type: 'string', pattern: 'b$' }, { prefix: 'a' }, true],
    ['a pattern with its end alone, by suffix', { type: 'string', pattern: 'b$' }, { suffix: 'a' }, false],
    ['anchors inside of branches', { type: 'string', pattern: '^a|b$' }, { prefix: 'x' }, true],
    [
      'anchors inside of branches, both missed',
      { type: 'string', pattern: '^a|b$' },
      { wildcard: 'x*x' },
      false,
    ],
    ['a pattern that negates characters', { type: 'string', pattern: '^[^-]{3}$' }, { prefix: 'ab' }, true],
    [
      'a pattern that negates characters, too short for it',
      { type: 'string', pattern: '^[^-]{3}$' },
      { wildcard: 'abcd*' },
      false,
    ],
    ['a wildcard that stands for nothing', { type: 'string', pattern: '^ab$' }, { wildcard: 'a*b' }, true],
    ['an asterisk that is no wildcard', { type: 'string', pattern: '^a[*]b$' }, { wildcard: 'a\\*b' }, true],
    ['a dot that is a dot', { type: 'string', pattern: '^a-b$' }, { prefix: 'a.' }, false],
    ['a pattern with lookahead', { type: 'string', pattern: '^(?!x)[a-z]+$' }, { prefix: 'xa' }, false],
    ['a pattern with lookahead, on a plain value', { type: 'string', pattern: '^(?!x)[a-z]+$' }, 'xa', false],
    ['a pattern with a backreference', { type: 'string', pattern: '^(a|b)\\1$' }, { prefix: 'c' }, false],
    ['a pattern with \\b', { type: 'string', pattern: '^\\ba' }, { prefix: 'c' }, false],
    [
      'a pattern with an end in its lookahead, by a text that is guessed',
      { type: 'string', pattern: '^(?!other$)[a-z]+$' },
      { prefix: 'ab' },
      true,
    ],
    [
      'a pattern with an end in its lookahead, which is not decided',
      { type: 'string', pattern: '^(?!other$)[a-z]+$', maxLength: 5 },
      { prefix: 'other' },
      'undecided',
    ],
    ['a network in a text', { type: 'string' }, { cidr: '10.0.0.0/8' }, true],
    [
      'a network that the texts are in',
      { type: 'string', pattern: '^10\\.12[89]\\.' },
      { cidr: '10.128.0.0/9' },
      true,
    ],
    [
      'a network that the texts are outside of',
      { type: 'string', pattern: '^10\\.12[0-7]\\.[0-9.]+$' },
      { cidr: '10.128.0.0/9' },
      false,
    ],
    [
      'a network that is named by one of its addresses',
      { const: '10.128.0.1' },
      { cidr: '10.200.3.4/9' },
      true,
    ],
    ['an address with zeros in front', { type: 'string', pattern: '^0' }, '10.0.0.1', true],
    ['a network of IPv6', { type: 'string' }, { cidr: '2001:db8::/32' }, true],
    [
      'a network of IPv6 in other words, which is not decided',
      { type: 'string', pattern: '^2001:0db8' },
      { cidr: '2001:db8::/32' },
      'undecided',
    ],
    ['all but an address of IPv6', { type: 'string', pattern: ':' }, { 'anything-but': '::1' }, true],
    ['a network in a number', { type: 'number' }, { cidr: '10.0.0.0/8' }, false],
    ['an address that can be written otherwise', { type: 'string', pattern: '^0:' }, '::1', 'undecided'],
    ['an element of an array', { type: 'array', items: { enum: ['a'] } }, 'a', true],
    ['no element of an array', { type: 'array', items: { enum: ['a'] } }, 'b', false],
    [
      'the absence of an array that can be empty',
      { type: 'array', items: { type: 'string' } },
      { exists: false },
      true,
    ],
    [
      'the absence of an array that can not',
      { type: 'array', minItems: 1, items: { type: 'string' } },
      { exists: false },
      false,
    ],
    ['an array of anything', { type: 'array' }, 'a', true],
    ['a tuple, which is not decided', { type: 'array', items: [{ type: 'string' }] }, 5, 'undecided'],
    ['a tuple of what is wanted', { type: 'array', items: [{ type: 'string' }] }, 'a', true],
    [
      'an array of arrays of arrays of arrays, which is not decided',
      [1, 2, 3, 4].reduce<Keywords>((items) => ({ type: 'array', items }), { const: 'a' }),
      'a',
      'undecided',
    ],
    ['an array of itself, which is not decided', { $ref: '#/definitions/tree' }, 'a', 'undecided', tree],
    ['anything', true, 'a', true],
    ['anything, without a type', {}, { numeric: ['>', 1] }, true],
    ['a reference', { $ref: '#/definitions/a' }, 'b', false, { definitions: { a: { const: 'a' } } }],
    ['a reference to elsewhere, which is not decided', { $ref: 'other.json' }, 'b', 'undecided'],
    ['what one of anyOf allows', { anyOf: [{ const: 'a' }, { type: 'number' }] }, 5, true],
    ['what none of anyOf allows', { anyOf: [{ const: 'a' }, { type: 'number' }] }, 'b', false],
    ['what none of oneOf allows', { oneOf: [{ const: 'a' }, { const: 'b' }] }, 'c', false],
    [
      'what one of allOf forbids',
      { type: 'string', allOf: [{ maxLength: 2 }, { pattern: '^a' }] },
      { prefix: 'b' },
      false,
    ],
    [
      'what all of allOf together forbid',
      { allOf: [{ type: 'string', pattern: '^a' }, { pattern: 'b$' }] },
      { prefix: 'ba' },
      false,
    ],
    [
      'what only one of two enums allows',
      {
        allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }],
      },
      'a',
      false,
    ],
    [
      'a prefix of what a negated class and a length together forbid',
      { type: 'string', pattern: '^[^-]{3}$', maxLength: 2 },
      { prefix: 'a' },
      false,
    ],
    [
      'what all of allOf allow',
      { allOf: [{ type: 'string', pattern: '^a' }, { pattern: 'b$' }] },
      { wildcard: 'a*b' },
      true,
    ],
    ['what `not` forbids', { type: 'string', not: { const: 'a' } }, 'a', false],
    ['what `not` leaves', { type: 'string', not: { const: 'a' } }, { prefix: 'a' }, true],
    [
      'what two of oneOf allow, and so neither',
      { oneOf: [{ const: 'a' }, { enum: ['a', 'b'] }] },
      'a',
      false,
    ],
    ['an item that the array contains', { type: 'array', contains: { const: 'a' } }, 'a', true],
    [
      'the absence of an item that the array contains',
      { type: 'array', contains: { const: 'a' } },
      { exists: false },
      false,
    ],
  ])('%s', (_, x, alternative, passes, others = {}) => {
    const found = faults({ detail: { x: [alternative] } }, withField(x, others));
    if (passes === true) return expect(found).toEqual([]);
    expect(found).toHaveLength(1);
    const is = `detail.x is ${JSON.stringify(alternative)}`;
    if (!passes) return expect(found[0]).toContain(`The rule Rule1 can never match: ${is}, but Test `);
    expect(found[0]).toMatch(/^The rule Rule1 is not let through, as whether it can match is undecided at "/);
    expect(found[0]).toContain(`${is}, and Test allows `);
  });

  test.each<[string, Keywords, object, boolean]>([
    ['a map', { type: 'object' }, { x: { anyName: ['a'] } }, true],
    [
      'a map with types',
      { type: 'object', additionalProperties: { type: 'string' } },
      { x: { any: ['a'] } },
      true,
    ],
    ['a map by patterns', { type: 'object', patternProperties: { '^a': {} } }, { x: { any: ['a'] } }, true],
    [
      'an object that is closed and empty',
      { type: 'object', additionalProperties: false },
      { x: { any: ['a'] } },
      false,
    ],
    [
      'a field that only `else` declares',
      { type: 'object', properties: { a: {} }, if: { required: ['a'] }, else: { properties: { b: {} } } },
      { x: { b: ['a'] } },
      true,
    ],
    [
      'a field that neither the schema nor its `else` declares',
      { type: 'object', properties: { a: {} }, if: { required: ['a'] }, else: { properties: { b: {} } } },
      { x: { c: ['a'] } },
      false,
    ],
    [
      'a field of objects in an array',
      { type: 'array', items: { properties: { a: { const: 1 } } } },
      { x: { a: [1] } },
      true,
    ],
    [
      'no field of objects in an array',
      { type: 'array', items: { type: 'object', properties: { a: {} } } },
      { x: { b: [1] } },
      false,
    ],
    [
      'a name with a dot',
      { type: 'object', properties: { 'a.b': { const: 1 } } },
      { x: { a: { b: [1] } } },
      true,
    ],
    [
      'the absence of a field of an object or null',
      { type: ['object', 'null'], required: ['a'], properties: { a: { const: 1 } } },
      { x: { a: [{ exists: false }] } },
      true,
    ],
  ])('%s', (_, x, detail, passes) => {
    expect(faults({ detail }, withField(x))).toHaveLength(passes ? 0 : 1);
  });
});

test('a pattern of 1000 branches is checked, and one of more is refused', () => {
  const branches = (count: number) => ({
    source: [source],
    $or: Array.from({ length: count }, (_, index) => ({ detail: { value: [index + 1] } })),
  });
  expect(faults(branches(1000))).toEqual([]);
  expect(faults(branches(1001))).toEqual([expect.stringContaining('$or is "1001 combinations of branches"')]);
});

test('a branch of $or that no event goes with is refused, though each of its fields is possible', () => {
  const one = eventSchema('test', 'One', { type: 'object', properties: { a: { const: 1 } } });
  const two = eventSchema('test', 'Two', {
    type: 'object',
    properties: { b: { const: 1 }, c: { const: 1 } },
  });
  const pattern = { detail: { b: [1], $or: [{ c: [1] }, { a: [1] }] } };
  expect(faults(pattern, [one, two])).toEqual([
    'The rule Rule1 has a branch that can never match: detail.$or[1] matches no event: ' +
      'not One, as detail.b is [1]; not Two, as detail.$or[1].a is [1]',
  ]);
});

test('what is allowed is said of all that the parts of a schema say together', () => {
  const allowed = (x: Keywords, wrong: unknown) =>
    faults({ detail: { x: [wrong] } }, withField(x))[0]?.split('Test ')[1];
  expect(allowed({ allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] }, 'c')).toBe('allows "b"');
  expect(allowed({ allOf: [{ type: 'string', maxLength: 9 }, { maxLength: 3 }] }, 'long')).toBe(
    'allows a string of at most 9 characters, of at most 3 characters',
  );
});

test('a reference inside of a detail is followed in the detail', () => {
  const event = eventSchema('test', 'Test', {
    type: 'object',
    properties: { source: { const: 'web' }, origin: { $ref: '#/properties/source' } } as Record<
      string,
      Keywords
    >,
  });
  expect(faults({ detail: { origin: ['web'] } }, [event])).toEqual([]);
  expect(faults({ detail: { origin: ['test'] } }, [event])).toHaveLength(1);
});

describe('fields that are each possible, but not together', () => {
  const parcel = {
    oneOf: [
      { properties: { by: { const: 'air' }, flight: { type: 'string' } }, required: ['by', 'flight'] },
      { properties: { by: { const: 'sea' }, ship: { type: 'string' } }, required: ['by', 'ship'] },
    ],
  };
  const event = eventSchema('test', 'Parcel Sent', { type: 'object', ...parcel });

  test.each([
    ['by air, with a flight', { by: ['air'], flight: [{ prefix: 'LH' }] }],
    ['by sea, with a ship', { by: ['sea'], ship: ['Ever Given'] }],
    ['by either', { by: ['sea', 'air'] }],
    ['by air, with a flight if there is one', { by: ['air'], flight: [{ exists: false }, { prefix: 'LH' }] }],
    ['by sea, without a flight', { by: ['sea'], flight: [{ exists: false }] }],
    [
      'either by $or',
      {
        $or: [
          { by: ['sea'], ship: ['a'] },
          { by: ['air'], flight: ['b'] },
        ],
      },
    ],
  ])('%s passes', (_, detail) => {
    expect(faults({ detail }, [event])).toEqual([]);
  });

  test.each([
    ['by air, without a flight', { by: ['air'], flight: [{ exists: false }] }],
    ['neither flight nor ship', { flight: [{ exists: false }], ship: [{ exists: false }] }],
  ])('%s can never match', (_, detail) => {
    expect(faults({ detail }, [event])).toEqual([
      expect.stringMatching(
        /^The rule Rule1 can never match: no event has all that it names: not Parcel Sent, as detail\.\w+ is \[.*\], and detail\./,
      ),
    ]);
  });

  test('a branch of $or that contradicts itself is refused', () => {
    const detail = { $or: [{ by: ['air'] }, { by: ['sea'], ship: [{ exists: false }] }] };
    expect(faults({ detail }, [event])).toEqual([
      'The rule Rule1 has a branch that can never match: detail.$or[1] matches no event: not Parcel Sent, as ' +
        'detail.$or[1].by is ["sea"], and detail.$or[1].ship is [{"exists":false}]',
    ]);
  });

  test('fields of the same element of an array have to match together', () => {
    const lines = (items: Keywords) => [
      eventSchema('test', 'Test', { type: 'object', properties: { lines: { type: 'array', items } } }),
    ];
    const line = (sku: string, count: number) => ({
      properties: { sku: { const: sku }, count: { const: count } },
    });
    const items = { type: 'object', anyOf: [line('a', 1), line('b', 2)] };
    expect(faults({ detail: { lines: { sku: ['a'], count: [1] } } }, lines(items))).toEqual([]);
    expect(faults({ detail: { lines: { sku: ['a'], count: [2] } } }, lines(items))).toEqual([
      expect.stringContaining('can never match: no event has all that it names'),
    ]);
  });

  test('what is undecided only as a whole is not let through either', () => {
    const rest = { type: 'string', pattern: '^(?!other$)[a-z]+$', maxLength: 5 };
    const odd = eventSchema('test', 'Test', {
      type: 'object',
      required: ['x'],
      anyOf: [
        { properties: { x: { const: 'others' }, y: { const: 1 } }, required: ['y'] },
        { properties: { x: rest, y: { const: 2 } }, required: ['y'] },
      ],
    });
    expect(faults({ detail: { x: ['others'], y: [1] } }, [odd])).toEqual([]);
    expect(faults({ detail: { x: [{ prefix: 'other' }], y: [2] } }, [odd])).toEqual([
      expect.stringContaining('undecided at "pattern" of $.detail.x: what it names, all at once'),
    ]);
  });
});

test('events of different sources are refused by the pattern that wants the source of one and the name of the other', () => {
  const events = [eventSchema('a', 'One', {}), eventSchema('b', 'Two', {})];
  expect(faults({ source: ['a'], 'detail-type': ['Two'] }, events)).toEqual([
    'The rule Rule1 can never match: no event has all that it names: ' +
      'not One, as detail-type is ["Two"]; not Two, as source is ["a"]',
  ]);
});

test('every fault of a pattern is said', () => {
  expect(faults(placed({ loction: ['eu'], value: [-1], category: ['A', 'b'] }))).toHaveLength(3);
});

test('what Terraform knows and synth does not is not judged', () => {
  const stack = new TerraformStack(new App(), 'test');
  const text = new TerraformVariable(stack, 'text', { type: 'string' });
  const list = new TerraformVariable(stack, 'list', { type: 'list(string)' });
  for (const alternatives of [
    [text.stringValue],
    [{ prefix: text.stringValue }],
    [{ 'anything-but': [text.stringValue] }],
    ['${var.text}'],
    [Token.asNumber(Fn.lengthOf(list.listValue))],
    list.listValue,
  ]) {
    expect(faults(placed({ location: alternatives }))).toEqual([]);
  }
});

describe('at synth', () => {
  test('the stack passes', () => {
    rmSync(synth().outdir, { recursive: true });
  });

  /** Synthesizes the order stack with something more on its bus. */
  const synthWith = (add: (stack: OrderStack) => void) => {
    const outdir = mkdtempSync(join(tmpdir(), 'orders-infra-'));
    try {
      const app = new App({ outdir });
      add(new OrderStack(app, stageOf()));
      app.synth();
    } finally {
      rmSync(outdir, { recursive: true });
    }
  };

  test.each([
    [
      'by bus.rule',
      (stack: OrderStack, pattern: EventPattern) => {
        const bus = new EventBus(stack, 'another-bus', { name: 'Another', archiveDays: 1 });
        bus.rule('Misspelt', pattern).to(toQueue(new Queue(stack, 'queue', { name: 'Queue' })));
      },
    ],
    [
      'in the way of the provider',
      (stack: OrderStack, pattern: EventPattern) => {
        const rule = { name: 'Misspelt', eventBusName: 'Orders', eventPattern: JSON.stringify(pattern) };
        new CloudwatchEventRule(stack, 'rule', rule);
      },
    ],
    [
      'by an override',
      (stack: OrderStack, pattern: EventPattern) => {
        const rule = new CloudwatchEventRule(stack, 'rule', { name: 'Misspelt', eventBusName: 'Orders' });
        rule.addOverride('event_pattern', JSON.stringify(pattern));
      },
    ],
    [
      'by an override of the stack',
      (stack: OrderStack, pattern: EventPattern) => {
        const rule = { name: 'Misspelt', event_bus_name: 'Orders', event_pattern: JSON.stringify(pattern) };
        stack.addOverride('resource.aws_cloudwatch_event_rule.misspelt', rule);
      },
    ],
  ])('a rule that is made %s with a misspelt field fails, and says what is allowed', (_, make) => {
    expect(() => synthWith((stack) => make(stack, placed({ location: [{ prefix: 'us-' }] })))).not.toThrow();
    expect(() => synthWith((stack) => make(stack, placed({ loction: [{ prefix: 'us-' }] })))).toThrow(
      'The rule Misspelt can never match: detail.loction is [{"prefix":"us-"}], but no event that the pattern names ' +
        'has it: Order Placed has orderId, category, location, value',
    );
  });

  test('a rule whose pattern is not JSON, or known to Terraform alone, fails by its name', () => {
    const rule = (patternOf: (stack: OrderStack) => string) => (stack: OrderStack) => {
      const rule = { name: 'Odd', eventBusName: 'Orders', eventPattern: patternOf(stack) };
      new CloudwatchEventRule(stack, 'rule', rule);
    };
    expect(() => synthWith(rule(() => ' {"source":["nobody"],"account":["${var.a}"]}'))).toThrow(
      'The rule Odd can never match: source is "nobody"',
    );
    expect(() => synthWith(rule(() => 'source: orders'))).toThrow(
      'The rule Odd has no event pattern that can be read at synth: received source: orders; allowed is a JSON object',
    );
    const variable = (stack: OrderStack) =>
      new TerraformVariable(stack, 'odd', { type: 'string' }).stringValue;
    expect(() => synthWith(rule(variable))).toThrow(
      'that can be read at synth: received ${var.odd}; allowed is',
    );
    const encoded = () => Fn.jsonencode(placed({ loction: ['eu-west'] }));
    expect(() => synthWith(rule(encoded))).toThrow('that can be read at synth: received ${jsonencode(');
  });

  test('a rule of the default bus, which has the events of AWS, is left alone', () => {
    const eventPattern = JSON.stringify({ source: ['aws.ec2'] });
    expect(() =>
      synthWith((stack) => void new CloudwatchEventRule(stack, 'rule', { name: 'Instances', eventPattern })),
    ).not.toThrow();
  });

  test('two rules that send to one queue are both let in, by its one policy', () => {
    const stack = new OrderStack(new App(), stageOf());
    const bus = new EventBus(stack, 'another-bus', { name: 'Another', archiveDays: 1 });
    const queue = new Queue(stack, 'shared', { name: 'Shared' });
    for (const name of ['One', 'Two']) bus.rule(name, everyOrderEvent).to(toQueue(queue));

    const { resource } = stack.toTerraform() as { resource: Record<string, Record<string, Keywords>> };
    const policies = Object.values(resource.aws_sqs_queue_policy ?? {}).map(({ policy }) => {
      const { Statement } = JSON.parse(String(policy)) as {
        Statement: { Condition: { ArnEquals: { 'aws:SourceArn': string } } }[];
      };
      return Statement.map(({ Condition }) => Condition.ArnEquals['aws:SourceArn']);
    });
    expect(policies.filter((sources) => sources.length > 1)).toEqual([
      [expect.stringContaining('another-bus_One'), expect.stringContaining('another-bus_Two')],
    ]);
  });

  test('an archive whose pattern no event can match fails as well', () => {
    const archive = (eventPattern: EventPattern) => (stack: OrderStack) => {
      new CloudwatchEventArchive(stack, 'archive', {
        name: 'Some',
        eventSourceArn: 'arn:bus',
        eventPattern: JSON.stringify(eventPattern),
      });
    };
    expect(() => synthWith(archive(placed({ location: [{ prefix: 'us-' }] })))).not.toThrow();
    expect(() => synthWith(archive(placed({ location: [{ prefix: 'US-' }] })))).toThrow(
      'The archive Some can never match: ',
    );
  });
});
