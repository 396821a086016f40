import fc from 'fast-check';
import type { JsonValue } from '../src/index.ts';

/** Few letters, so that strings are often equal and often overlap. */
export const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '*', '\\', 'ß', '.'), maxLength: 6 });
export const amount = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ min: -5e9, max: 5e9, noNaN: true }),
);
export const scalar = fc.oneof(word, amount, fc.boolean(), fc.constant(null));

/** A JSON value of the names and words that patterns use. Some of these values are patterns. */
export const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    scalar,
    fc.constantFrom<JsonValue>('=', '<', '>=', '10.0.0.0/8', '::1', 'a*'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...['a', 'b', 'a.b', '$or', 'prefix', 'suffix', 'anything-but', 'numeric', 'exists', 'cidr'],
        ...['wildcard', 'equals-ignore-case', 'exactly', '__proto__', 'constructor', ''],
      ),
      tie('json'),
      { maxKeys: 3, noNullPrototype: false },
    ),
  ),
}));
export const jsonObject = fc.dictionary(fc.constantFrom('a', 'b', 'a.b', '$or', '__proto__', ''), json, {
  maxKeys: 4,
});

/** Nearly a pattern: its outline is right, and its values are arbitrary. */
export const outline = fc.dictionary(
  fc.constantFrom('a', 'b', 'a.b', '$or', '__proto__'),
  fc.array(fc.oneof(scalar, json), { minLength: 1, maxLength: 2 }),
  { minKeys: 1, maxKeys: 2 },
);

/** The array of a field in a pattern. */
export const patternOfField = fc.oneof(
  scalar.map((value) => [value]),
  fc.boolean().map((exists) => [{ exists }]),
  word.map((prefix) => [{ prefix }]),
  fc.oneof(word, amount).map((value) => [{ 'anything-but': value }]),
);
/** A pattern without `$or`. */
export const branch = fc.dictionary(fc.constantFrom('a', 'b', 'c'), patternOfField, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});
