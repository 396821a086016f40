import { expect, test } from '@jest/globals';
import { envelopeOf } from '@orders/contract';
import fc from 'fast-check';
import { InvalidEventError, parse, parseDetail } from '../src/index.ts';
import { compile } from './compile.ts';
import { envelope, fixtures, schemas } from './fixtures.ts';

const values = schemas.flatMap(({ detailType }) =>
  fixtures(detailType, 'valid').flatMap(([, detail]) => leaves(detail)),
);

/** Values that are nearly right in one field or another, and values of any kind. */
const replacement = fc.oneof(
  fc.constantFrom(
    ...values,
    '',
    ' ',
    'É',
    '😀'.repeat(40),
    'a'.repeat(64),
    'a'.repeat(65),
    0,
    -1,
    1e-7,
    5_000_000_001,
  ),
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    [],
    {},
    [1],
    '0',
    '2026-02-30T00:00:00Z',
  ),
  fc.jsonValue(),
);

/** A change at one place of a value: another value there, or, for undefined, none. */
const mutation = fc.record({ at: fc.nat(), to: replacement });
const mutations = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
);
const mutated = (originals: unknown[]) =>
  fc
    .tuple(fc.constantFrom(...originals), mutations)
    .map(([original, changes]) => changes.reduce((value, { at, to }) => replaceAt(value, at, to), original));

const cases = schemas.flatMap((event) => {
  const details = fixtures(event.detailType, 'valid').map(([, detail]) => detail);
  return [
    {
      what: `details of ${event.detailType}`,
      arbitrary: mutated(details),
      schema: event.detail,
      parses: 'detail',
      parseIt: (value: unknown) => parseDetail(event.detailType, value),
    },
    {
      what: `whole events of ${event.detailType}`,
      arbitrary: mutated(details.map((detail) => envelope(event.detailType, detail))),
      schema: envelopeOf(event, event.detail),
      parses: 'event',
      parseIt: event.parse,
    },
  ];
});

/** `AGREEMENT_RUNS=10000` looks further. */
const runs = Number(process.env.AGREEMENT_RUNS) || 2_000;

test.each(cases)(
  'of many $what, valid and mutated, the parser takes those that Ajv takes',
  ({ arbitrary, schema, parses, parseIt }) => {
    const isValid = compile(schema);
    const verdicts = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(arbitrary, (value) => {
        const expected = isValid(value);
        verdicts[expected ? 'valid' : 'invalid'] += 1;
        return (
          verdictOf(parseIt, value) === expected &&
          (!expected || parses === 'detail' || (parse(value) as unknown) === value)
        );
      }),
      { numRuns: runs },
    );
    // The test says something only if the values are of both kinds.
    expect(verdicts.valid).toBeGreaterThan(runs / 20);
    expect(verdicts.invalid).toBeGreaterThan(runs / 20);
  },
);

function verdictOf(parseIt: (value: unknown) => unknown, value: unknown): boolean {
  try {
    return parseIt(value) === value;
  } catch (error) {
    if (error instanceof InvalidEventError && error.issues.length > 0) return false;
    throw error;
  }
}

function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

/** The value with another value at one of its places, counted from the outside. */
function replaceAt(value: unknown, at: number, to: unknown): unknown {
  const places = placesOf(value);
  const path = places[at % places.length] ?? [];
  return replace(value, path, to);
}

function placesOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([name, each]) =>
    placesOf(each).map((path) => [name, ...path]),
  );
  return [[], ...inner];
}

function replace(value: unknown, [name, ...rest]: string[], to: unknown): unknown {
  if (name === undefined) return to;
  const entries = Object.entries(value as object).flatMap(([key, each]) => {
    if (key !== name) return [[key, each]];
    const replaced = replace(each, rest, to);
    return replaced === undefined ? [] : [[key, replaced]];
  });
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
