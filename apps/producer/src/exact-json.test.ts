import { describe, expect, test } from '@jest/globals';
import { characterAt, indexOfCharacter, lastCharacter } from '@orders/jest/characters';
import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { exactNumber, parseJson } from './exact-json.ts';

describe('a number', () => {
  test.each([
    '0',
    '300',
    '300.0',
    '3e2',
    '3.00E+2',
    '0.1',
    '19.99',
    '0.30000000000000004',
    '-1.5',
    '9007199254740992',
    '9007199254740994',
    '300.00000000000000000000000',
    '0e400',
    '1.7976931348623157e308',
    '5e-324',
  ])('that is written as %s stays a number', (text) => {
    expect(exactNumber(text)).toBe(Number(text));
  });

  test.each([
    '0.1000000000000000055511151231257827',
    '299.99999999999999999',
    '12345678901234567890',
    '9007199254740993',
    '9007199254740993.0',
    '1e400',
    '-1e400',
    '1e-400',
    '4e-324',
    '-0',
    '-0.0',
    '-0e5',
  ])('that is written as %s would be changed, and stays a text', (text) => {
    expect(exactNumber(text)).toEqual(new LosslessNumber(text));
  });

  test('stays a number exactly if JSON writes it as the same decimal number', () => {
    const digits = fc.stringMatching(/^\d{0,20}$/);
    const text = fc
      .record({
        sign: fc.constantFrom('', '-'),
        whole: fc.stringMatching(/^(0|[1-9]\d{0,20})$/),
        fraction: digits,
        exponent: fc.oneof(fc.constant(''), fc.integer({ min: -330, max: 320 }).map(String)),
      })
      .map(
        ({ sign, whole, fraction, exponent }) =>
          sign + whole + (fraction && `.${fraction}`) + (exponent && `e${exponent}`),
      );
    const seen = { kept: 0, changed: 0 };
    fc.assert(
      fc.property(fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), (each) => {
        const written = JSON.stringify(Number(each));
        const isKept = written !== 'null' && decimalOf(written) === decimalOf(each);
        seen[isKept ? 'kept' : 'changed'] += 1;
        return (typeof exactNumber(each) === 'number') === isKept;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.kept, seen.changed)).toBeGreaterThan(50);
  });
});

/** A decimal number in one form, computed in integers: sign, digits and power of ten. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  let coefficient = BigInt(whole + fraction);
  let power = Number(exponent) - fraction.length;
  if (coefficient === 0n) return `${sign}0`;
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    power += 1;
  }
  return `${sign}${coefficient}e${power}`;
}

describe('a text of JSON', () => {
  test('has the value that JSON.parse gives it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text), repeated: [] });
      }),
    );
  });

  /** Whether a text can be read. If not, it is refused with a SyntaxError. */
  function isRead(read: (text: string) => unknown, text: string): boolean {
    try {
      read(text);
      return true;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  test('is refused when JSON.parse refuses it', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '\\', '{', ']', '0', 'e', '\u0000', '\ufeff', "'"),
      )
      .map(([text, at, extra]) => text.slice(0, at % (text.length + 1)) + extra);
    const character = fc.nat(lastCharacter).map(characterAt, indexOfCharacter);
    fc.assert(
      fc.property(fc.oneof(broken, fc.string({ unit: character })), (text) => {
        return isRead(parseJson, text) === isRead(JSON.parse, text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps a member __proto__ as a member', () => {
    const { value } = parseJson('{"__proto__":{"category":"a"}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test.each([
    ['twice', '{"a":1,"a":2}', [{ field: 'a', values: [1, 2] }]],
    ['with an escape', '{"a":1,"\\u0061":2}', [{ field: 'a', values: [1, 2] }]],
    ['inside another', '{"b":[{"a":1,"a":2}]}', [{ field: 'a', values: [1, 2] }]],
    ['with one value, which loses nothing', '{"a":1,"a":1.0}', []],
    ['in two objects', '[{"a":1},{"a":2}]', []],
  ])('names the members that it has %s', (_, text, repeated) => {
    expect(parseJson(text).repeated).toEqual(repeated);
  });

  test('nested too deeply is a RangeError', () => {
    expect(() => parseJson('['.repeat(60_000))).toThrow(RangeError);
  });
});
