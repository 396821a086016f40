import { describe, expect, test } from '@jest/globals';
import { checkEntry, type PutEventsEntry, parseEntries } from './put-events.ts';

const entry: PutEventsEntry = {
  EventBusName: 'Orders',
  Source: 'com.example',
  DetailType: 'T',
  Detail: '{}',
};
const entries = (count: number) => Array.from({ length: count }, () => entry);
/** An entry that counts for this many bytes: source, detail-type and detail. */
const sized = (bytes: number, more: PutEventsEntry = {}) => ({
  Source: 'S',
  DetailType: 'T',
  Detail: 'x'.repeat(bytes - 2),
  ...more,
});
const limit = 1024 * 1024;
const now = Date.UTC(2026, 10, 22, 12);

describe('a request', () => {
  test.each<[string, unknown]>([
    ['one entry', entries(1)],
    ['ten entries', entries(10)],
    ['an entry of null fields', [{ Source: null, Resources: null, Time: null }]],
    ['1 MiB', [sized(limit)]],
    [
      '1 MiB with a bus name and a trace header, which do not count',
      [sized(limit, { EventBusName: 'B', TraceHeader: 'T' })],
    ],
  ])('of %s is sound', (_, given) => {
    expect(parseEntries(given)).toBe(given);
  });

  test.each<[string, unknown, RegExp]>([
    ['no entries', [], /greater than or equal to 1/],
    ['no list', undefined, /greater than or equal to 1/],
    ['an object for a list', { 0: entry }, /greater than or equal to 1/],
    ['eleven entries', entries(11), /11 entries.*less than or equal to 10/],
    ['text for an entry', ['x'], /Member must be an object/],
    ['null for an entry', [null], /Member must be an object/],
    ['a number for a source', [{ ...entry, Source: 1 }], /Member must be an object/],
    ['an object for a detail', [{ ...entry, Detail: {} }], /Member must be an object/],
    ['text for resources', [{ ...entry, Resources: 'x' }], /Resources a list/],
    ['a number in resources', [{ ...entry, Resources: [1] }], /Resources a list/],
    ['text for a time', [{ ...entry, Time: '2026' }], /Time a number/],
    ['more than 1 MiB', [sized(limit + 1)], /over the limit: 1048577 bytes, allowed are 1048576/],
    ['more than 1 MiB of two entries', [sized(limit - 10), sized(11)], /over the limit/],
    ['more than 1 MiB by its resources', [sized(limit, { Resources: ['', 'a'] })], /over the limit: 1048577/],
    ['more than 1 MiB by its time', [sized(limit, { Time: 1 })], /over the limit: 1048590/],
    [
      'more than 1 MiB by bytes, not characters',
      [sized(2, { Detail: 'é'.repeat(limit / 2) })],
      /over the limit/,
    ],
  ])('of %s is refused', (_, given, message) => {
    expect(() => parseEntries(given)).toThrow(message);
  });
});

describe('an entry', () => {
  test('has a detail-type of up to 128 characters', () => {
    expect(checkEntry({ ...entry, DetailType: 'x'.repeat(128) }, now)).not.toHaveProperty('ErrorCode');
    expect(checkEntry({ ...entry, DetailType: 'x'.repeat(129) }, now)).toEqual({
      ErrorCode: 'InvalidArgument',
      ErrorMessage: expect.stringContaining('it has 129 characters; allowed are 128'),
    });
  });

  test('is taken as it came', () => {
    const given = { ...entry, Detail: '{"a":[1]}', Resources: ['arn:x'], Time: 1_764_763_200.5 };
    expect(checkEntry(given, now)).toEqual({
      busName: 'Orders',
      source: 'com.example',
      detailType: 'T',
      detail: { a: [1] },
      resources: ['arn:x'],
      time: new Date('2025-12-03T12:00:00.500Z'),
    });
  });

  test('without a bus, resources and time goes to the default bus, now', () => {
    const checked = checkEntry({ Source: 's', DetailType: 'T', Detail: '{}' }, now);
    expect(checked).toMatchObject({ busName: 'default', resources: [], time: new Date(now) });
  });

  test.each<[string, PutEventsEntry, string, string]>([
    [
      'without a source',
      { Source: '' },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'without a detail-type',
      { DetailType: '' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'without a detail',
      { Detail: '' },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    [
      "with one of AWS's own sources",
      { Source: 'aws.ec2' },
      'NotAuthorizedForSourceException',
      'Not authorized for the source.',
    ],
    ['with a detail that is no JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with a list for a detail', { Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with text for a detail', { Detail: '"x"' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with null for a detail', { Detail: 'null' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with a time beyond all calendars', { Time: 1e15 }, 'InvalidArgument', 'Parameter Time is not valid.'],
  ])('%s is refused', (_, changes, ErrorCode, ErrorMessage) => {
    expect(checkEntry({ ...entry, ...changes }, now)).toEqual({ ErrorCode, ErrorMessage });
  });

  test("with a source that only begins like AWS's own is taken", () => {
    expect(checkEntry({ ...entry, Source: 'awsome.shop' }, now)).toMatchObject({ source: 'awsome.shop' });
  });
});
