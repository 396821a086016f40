import { describe, expect, test } from '@jest/globals';
import { added, closed, everyEvent, faults, source, uuid } from './events.ts';

describe('a pattern on the events of the shop', () => {
  test.each<[string, object]>([
    ['every event of the source', { source: [source] }],
    ['an event', added()],
    ['an exact value', added({ location: ['eu-west'] })],
    ['a prefix', added({ location: [{ prefix: 'us-' }] })],
    ['a prefix that is a whole value', added({ location: [{ prefix: 'eu-west-1' }] })],
    ['a suffix', added({ location: [{ suffix: '-12' }] })],
    ['a suffix in any case', added({ location: [{ suffix: { 'equals-ignore-case': 'WEST' } }] })],
    ['a prefix in any case', added({ location: [{ prefix: { 'equals-ignore-case': 'EU-' } }] })],
    ['a value in any case', added({ location: [{ 'equals-ignore-case': 'EU-West' }] })],
    ['a wildcard', added({ location: [{ wildcard: '*-west-*' }] })],
    ['the least value', added({ value: [0.000001] })],
    ['a range that meets the bounds', added({ value: [{ numeric: ['>=', 5000000000] }] })],
    ['a range', added({ value: [{ numeric: ['>', 0, '<=', 10] }] })],
    ['anything but a value', added({ location: [{ 'anything-but': 'eu-west' }] })],
    ['anything but some prefixes', added({ location: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] })],
    ['an optional field that is absent', closed({ CartId: [{ exists: false }] })],
    ['a field that is present', added({ itemId: [{ exists: true }] })],
    ['a nested field', closed({ Details: { location: [{ prefix: 'eu' }] } })],
    ['a nested field, its path written with dots', closed({ 'Details.location': ['eu-west'] })],
    ['a field that only one of the events has', everyEvent({ CartId: [uuid] })],
    ['the absence of what another event has', everyEvent({ itemId: [{ exists: false }] })],
    ['the rest of the envelope', { ...added(), account: ['123456789012'], resources: [{ prefix: 'arn:' }] }],
    ['an address among the resources', { ...added(), resources: [{ cidr: '10.0.0.0/8' }, '10.0.0.1'] }],
    ['events that are not replayed', { ...added(), 'replay-name': [{ exists: false }] }],
    ['no resources', { ...added(), resources: [{ exists: false }] }],
    ['an object without its fields', closed({ Details: [{ exists: false }] })],
    [
      '$or of branches that match different events',
      { source: [source], $or: [{ detail: { location: ['eu-west'] } }, { detail: { CartId: [uuid] } }] },
    ],
    [
      '$or inside of $or',
      added({ $or: [{ value: [1] }, { $or: [{ category: ['a'] }, { location: ['eu-west'] }] }] }),
    ],
  ])('%s passes', (_, pattern) => {
    expect(faults(pattern)).toEqual([]);
  });

  const location = 'Item Added allows a string of at most 32 characters, matching ^[a-z]{2,4}';
  test.each<[string, object, string, string]>([
    [
      'a source that no event has',
      { source: ['shops'] },
      'can never match: source is "shops"',
      'Item Removed, Item Added, Cart Closed: each allows "shop"',
    ],
    [
      'a detail-type that no event has',
      { source: [source], 'detail-type': ['Item added'] },
      'can never match: detail-type is "Item added"',
      'Item Removed allows "Item Removed"; Item Added allows "Item Added"; Cart Closed allows',
    ],
    [
      'one detail-type of two',
      { 'detail-type': ['Item Added', 'Item Sold'] },
      'has an alternative that can never match: detail-type[1] is "Item Sold"',
      'Item Added allows "Item Added"',
    ],
    [
      'a field that the envelope does not have',
      { ...added(), detailtype: ['Item Added'] },
      'can never match: detailtype is ["Item Added"]',
      'has detail-type, source, account, resources, detail, replay-name at the top',
    ],
    [
      'a number of the envelope',
      { ...added(), account: [123456789012] },
      'account is 123456789012',
      'allows a string',
    ],
    [
      'a misspelt field',
      added({ loction: ['eu-west'] }),
      'can never match: detail.loction is ["eu-west"]',
      'Item Added has itemId, category, location, value',
    ],
    [
      'a field of another event',
      closed({ location: ['eu-west'] }),
      'detail.location is ["eu-west"]',
      'Cart Closed has CartId, Details',
    ],
    [
      'a misspelt nested field',
      closed({ Details: { Location: ['eu-west'] } }),
      'detail.Details.Location is ["eu-west"]',
      'Cart Closed has category, location, value',
    ],
    [
      'a field inside a text',
      added({ location: { region: ['eu'] } }),
      'detail.location.region is ["eu"]',
      'Item Added has no fields in detail.location',
    ],
    [
      'a field that no event has',
      everyEvent({ loction: ['x'] }),
      'detail.loction is ["x"]',
      'Cart Closed has CartId',
    ],
    [
      'the absence of a misspelt field',
      added({ loction: [{ exists: false }] }),
      'requires nothing: detail.loction is',
      'has itemId',
    ],
    [
      'an object as if it were a value',
      closed({ Details: [{ exists: true }] }),
      'detail.Details is {"exists":true}',
      'Cart Closed has an object there, and a pattern names its fields',
    ],
    ['a value of another form', added({ location: ['eu_west'] }), 'detail.location is "eu_west"', location],
    ['a value in the wrong case', added({ location: ['EU-WEST'] }), 'detail.location is "EU-WEST"', location],
    [
      'a prefix in the wrong case',
      added({ location: [{ prefix: 'US-' }] }),
      'detail.location is {"prefix":"US-"}',
      location,
    ],
    ['a suffix', added({ location: [{ suffix: '-' }] }), 'detail.location is {"suffix":"-"}', location],
    [
      'a prefix in any case',
      added({ location: [{ prefix: { 'equals-ignore-case': 'EU_' } }] }),
      'detail.location is {"prefix":{"equals-ignore-case":"EU_"}}',
      location,
    ],
    [
      'a suffix in any case',
      added({ location: [{ suffix: { 'equals-ignore-case': '-1A' } }] }),
      'detail.location is {"suffix":{"equals-ignore-case":"-1A"}}',
      location,
    ],
    [
      'a value in any case',
      added({ location: [{ 'equals-ignore-case': 'EU WEST' }] }),
      'detail.location is {"equals-ignore-case":"EU WEST"}',
      location,
    ],
    [
      'a wildcard',
      added({ location: [{ wildcard: 'eu-*_*' }] }),
      'detail.location is {"wildcard":"eu-*_*"}',
      location,
    ],
    [
      'an asterisk that is not a wildcard',
      added({ location: [{ wildcard: 'eu-\\*' }] }),
      'detail.location is {"wildcard":"eu-\\\\*"}',
      location,
    ],
    [
      'a prefix that is too long',
      added({ category: [{ prefix: 'a'.repeat(65) }] }),
      'detail.category is {"prefix":"aaa',
      'Item Added allows a string of at most 64 characters',
    ],
    [
      'a network',
      added({ location: [{ cidr: '10.0.0.0/8' }] }),
      'detail.location is {"cidr":"10.0.0.0/8"}',
      location,
    ],
    ['a number for a text', added({ location: [1] }), 'detail.location is 1', location],
    ['null', added({ location: [null] }), 'detail.location is null', location],
    [
      'a range for a text',
      added({ location: [{ numeric: ['>', 1] }] }),
      'detail.location is {"numeric":[">",1]}',
      location,
    ],
    [
      'a text for a number',
      added({ value: ['300'] }),
      'detail.value is "300"',
      'Item Added allows a number at least 0.000001, at most 5000000000, such as 300',
    ],
    [
      'a prefix of a number',
      added({ value: [{ prefix: '3' }] }),
      'detail.value is {"prefix":"3"}',
      'allows a number',
    ],
    ['a value below the least', added({ value: [0] }), 'detail.value is 0', 'at least 0.000001'],
    [
      'a number below the least',
      added({ value: [{ numeric: ['=', -1] }] }),
      'detail.value is {"numeric":["=",-1]}',
      'at least',
    ],
    [
      'a range above the bounds',
      added({ value: [{ numeric: ['>', 5e9] }] }),
      'detail.value is',
      'at most 5000000000',
    ],
    [
      'a range below the bounds',
      added({ value: [{ numeric: ['<', 0.000001] }] }),
      'detail.value is',
      'at least 0.000001',
    ],
    [
      'the absence of a required field',
      added({ itemId: [{ exists: false }] }),
      'detail.itemId is {"exists":false}',
      'Item Added always has it',
    ],
    [
      'the absence of a field that is required inside of a required one',
      closed({ Details: { value: [{ exists: false }] } }),
      'detail.Details.value is {"exists":false}',
      'Cart Closed always has it',
    ],
    [
      'one alternative of two',
      added({ location: [{ prefix: 'us-' }, { prefix: 'US-' }] }),
      'has an alternative that can never match: detail.location[1] is {"prefix":"US-"}',
      location,
    ],
    [
      'an exclusion of what no event has',
      added({ location: [{ 'anything-but': { prefix: 'US-' } }] }),
      'excludes what no event has: detail.location is {"anything-but":{"prefix":"US-"}}',
      location,
    ],
    [
      'a branch of $or',
      added({ $or: [{ location: ['eu-west'] }, { location: ['EU'] }] }),
      'has an alternative that can never match: detail.$or[1].location is "EU"',
      location,
    ],
    [
      'fields of different events',
      everyEvent({ CartId: [uuid], itemId: [uuid] }),
      'can never match: no event matches all of its fields',
      `not Item Added, because detail.CartId is ["${uuid}"]; not Cart Closed, because detail.itemId is ["${uuid}"]`,
    ],
    [
      'a branch of $or that goes with no event',
      {
        ...added(),
        $or: [
          { detail: { value: [1] } },
          { 'detail-type': ['Cart Closed'], detail: { CartId: [uuid], value: [1] } },
        ],
      },
      '$or[1]',
      'no event that the pattern names has it',
    ],
  ])('%s is refused', (_, pattern, what, why) => {
    const found = faults(pattern);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^/);
    expect(found[0]).toContain(what);
    expect(found[0]).toContain(why);
  });
});

test('every fault of a pattern is reported', () => {
  expect(faults(added({ loction: ['eu'], value: [-1], category: ['A', 'b'] }))).toHaveLength(3);
});

test('each of a hundred branches of $or is checked', () => {
  const branches = (last: number) =>
    Array.from({ length: 100 }, (_, index) => ({ detail: { value: [index < 99 ? index + 1 : last] } }));
  expect(faults({ source: [source], $or: branches(100) })).toEqual([]);
  expect(faults({ source: [source], $or: branches(-1) })).toEqual([
    expect.stringContaining('has an alternative that can never match: $or[99].detail.value is -1'),
  ]);
});
