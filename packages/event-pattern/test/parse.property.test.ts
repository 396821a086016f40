import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern, InvalidEventPatternError, parsePattern } from '../src/index.ts';
import { json, jsonObject, outline } from './arbitraries.ts';
import { runs } from './runs.ts';

describe('parsing throws nothing except an InvalidEventPatternError', () => {
  test('for any JSON', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(json, outline), jsonObject, (pattern, event) => {
        try {
          const predicate = compilePattern(parsePattern(JSON.stringify(pattern)));
          accepted++;
          expect(typeof predicate(event)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidEventPatternError);
        }
      }),
      { numRuns: runs(3000) },
    );
    // If every pattern were refused, the property would show nothing about matching.
    expect(accepted).toBeGreaterThan(100);
  });

  test('for any text', () => {
    const parse = (text: string) => {
      try {
        parsePattern(text);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidEventPatternError);
      }
    };
    fc.assert(fc.property(fc.string(), parse));
    parse('['.repeat(1_000_000));
    parse(`{"a":["${'x'.repeat(10_000_000)}"]}`);
  });
});
