import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../src/index.ts';
import { amount, branch, jsonObject, patternOfField, scalar, word } from './arbitraries.ts';
import { compile } from './cases.ts';
import { runs } from './runs.ts';

const matches = (pattern: object, event: JsonObject) => compile(pattern)(event);
const matchesField = (alternatives: unknown[], a: JsonValue) => matches({ a: alternatives }, { a });

describe('a compiled pattern', () => {
  test('never throws on an event, whatever JSON it is', () => {
    const predicate = compile({
      a: [{ exists: false }, { wildcard: '*a*' }, { cidr: '10.0.0.0/8' }, { numeric: ['>', 0] }],
      'a.b': [{ 'anything-but': { suffix: 'a' } }, null, { exists: false }],
      b: { $or: [{ a: [{ prefix: { 'equals-ignore-case': 'a' } }] }, { __proto__: ['a'], b: [1] }] },
    });
    fc.assert(
      fc.property(fc.oneof(jsonObject, fc.dictionary(fc.string(), fc.jsonValue())), (event) => {
        expect(typeof predicate(event as JsonObject)).toBe('boolean');
      }),
    );
  });

  test('matches an event as it matches its JSON text', () => {
    fc.assert(
      fc.property(branch, jsonObject, (pattern, event) => {
        expect(matches(pattern, event)).toBe(
          matches(pattern, JSON.parse(JSON.stringify(event)) as JsonObject),
        );
      }),
    );
  });

  test('matches all of its fields: one pattern of two is both patterns of one', () => {
    fc.assert(
      fc.property(patternOfField, patternOfField, scalar, scalar, (a, b, first, second) => {
        const event = { a: first, b: second };
        expect(matches({ a, b }, event)).toBe(matches({ a }, event) && matches({ b }, event));
      }),
    );
  });

  test('matches an array of objects when it matches one of them, unless it asks for an absence', () => {
    const present = patternOfField.filter((pattern) => !JSON.stringify(pattern).includes('exists'));
    const elements = fc.array(fc.record({ a: scalar, b: scalar, c: fc.array(scalar) }, { requiredKeys: [] }));
    fc.assert(
      fc.property(present, present, present, elements, (a, b, c, list) => {
        const pattern = { d: { a, b, c } };
        return matches(pattern, { d: list }) === list.some((element) => matches(pattern, { d: element }));
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('anything-but', () => {
  test('is the complement of the plain value, for every scalar', () => {
    fc.assert(
      fc.property(fc.oneof(word, amount), fc.oneof(word, scalar), (value, present) => {
        expect(matchesField([{ 'anything-but': value }], present)).toBe(!matchesField([value], present));
      }),
    );
  });

  test('is the complement of the operator that it negates, for every scalar', () => {
    const operator = fc.constantFrom('prefix', 'suffix', 'equals-ignore-case');
    const text = word.filter((each) => each !== '');
    fc.assert(
      fc.property(
        operator,
        fc.array(text, { minLength: 1, maxLength: 3 }),
        scalar,
        (name, texts, present) => {
          const alternatives = texts.map((each) => ({ [name]: each }));
          expect(matchesField([{ 'anything-but': { [name]: texts } }], present)).toBe(
            !matchesField(alternatives, present),
          );
        },
      ),
    );
  });
});

describe('wildcard', () => {
  /** The definition of a wildcard, with no thought of speed. */
  function agrees(pattern: string, text: string): boolean {
    if (pattern === '') return text === '';
    if (pattern.startsWith('*'))
      return agrees(pattern.slice(1), text) || (text !== '' && agrees(pattern, text.slice(1)));
    const literal = pattern.startsWith('\\') ? pattern.slice(1, 2) : pattern.slice(0, 1);
    const rest = pattern.slice(pattern.startsWith('\\') ? 2 : 1);
    return text.startsWith(literal) && agrees(rest, text.slice(1));
  }

  const part = fc.constantFrom('a', 'b', 'a', 'b', '\\*', '\\\\', '*');
  const parts = fc
    .array(part, { maxLength: 8 })
    .map((all) => all.filter((each, i) => each !== '*' || all[i - 1] !== '*'));

  test('agrees with its definition', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 10 });
    const fillings = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, fillings, fc.nat({ max: 9 }), text, (list, filling, missing, other) => {
        const wildcard = list.join('');
        const matched = list.map((each, i) => (each === '*' ? filling[i] : each.at(-1))).join('');
        const shorter = matched.slice(0, missing) + matched.slice(missing + 1);
        return [matched, shorter, other].every(
          (value) => matchesField([{ wildcard }], value) === agrees(wildcard, value),
        );
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe('numeric', () => {
  const compare: Record<string, (value: number, bound: number) => boolean> = {
    '=': (value, bound) => value === bound,
    '<': (value, bound) => value < bound,
    '<=': (value, bound) => value <= bound,
    '>': (value, bound) => value > bound,
    '>=': (value, bound) => value >= bound,
  };
  const inside = amount.filter((bound) => Math.abs(bound) < 5e9);

  test('compares with one bound as JavaScript does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(compare)), inside, amount, (comparison, bound, value) => {
        expect(matchesField([{ numeric: [comparison, bound] }], value)).toBe(
          compare[comparison]?.(value, bound),
        );
      }),
    );
  });

  test('compares with two bounds as with both of them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('>', '>='),
        fc.constantFrom('<', '<='),
        inside,
        inside,
        amount,
        (lower, upper, x, y, value) => {
          fc.pre(x !== y);
          const [low, high] = [Math.min(x, y), Math.max(x, y)];
          const expected = compare[lower]?.(value, low) && compare[upper]?.(value, high);
          expect(matchesField([{ numeric: [lower, low, upper, high] }], value)).toBe(expected);
        },
      ),
    );
  });
});

describe('cidr', () => {
  test('matches the addresses whose leading bits are those of the network', () => {
    const ip = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));
    const bits = (bytes: number[]) => bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    fc.assert(
      fc.property(
        ip,
        fc.integer({ min: 0, max: 31 }),
        ip,
        fc.integer({ min: 0, max: 31 }),
        (network, mask, other, flip) => {
          const near = bits(network).split('');
          near[flip] = near[flip] === '0' ? '1' : '0';
          const neighbour = [0, 8, 16, 24].map((start) =>
            Number.parseInt(near.slice(start, start + 8).join(''), 2),
          );
          for (const address of [network, other, neighbour]) {
            const expected = bits(address).slice(0, mask) === bits(network).slice(0, mask);
            expect(matchesField([{ cidr: `${network.join('.')}/${mask}` }], address.join('.'))).toBe(
              expected,
            );
          }
        },
      ),
    );
  });
});

describe('$or', () => {
  const event = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(scalar, fc.array(scalar)), {
    maxKeys: 3,
  });

  test('agrees with the disjunction of its branches', () => {
    fc.assert(
      fc.property(fc.array(branch, { minLength: 2, maxLength: 4 }), event, (branches, value) => {
        const expected = branches.some((each) => matches(each, value));
        return (
          matches({ $or: branches }, value) === expected &&
          matches({ d: { $or: branches } }, { d: value }) === expected
        );
      }),
      { numRuns: runs(1000) },
    );
  });

  test('agrees with the conjunction of two of them', () => {
    const branches = fc.array(branch, { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(branches, branches, event, event, (first, second, x, y) => {
        const expected = first.some((each) => matches(each, x)) && second.some((each) => matches(each, y));
        return matches({ x: { $or: first }, y: { $or: second } }, { x, y }) === expected;
      }),
      { numRuns: runs(1000) },
    );
  });
});
