import { expect, test } from '@jest/globals';
import { compilePattern, explain, type JsonObject, parsePattern } from '../src/index.ts';

/**
 * A test of matching: what it shows, a pattern, an event, and whether they match. The verdicts come from event-ruler
 * (README, JsonRuleCompiler, Event, ACFinder and their tests) and the EventBridge user guide, not from this code.
 * A pattern or an event is JSON text where an object can't express it: repeated names, `__proto__`, `300.0`.
 */
export type Case = readonly [
  name: string,
  pattern: object | string,
  event: object | string,
  verdict: boolean,
];

export const textOf = (json: object | string) => (typeof json === 'string' ? json : JSON.stringify(json));

/** Compiles a pattern, given as an object or as text. */
export const compile = (pattern: object | string) => compilePattern(parsePattern(textOf(pattern)));

/** Explains what a pattern, given as an object or as text, makes of an event. */
export const explainPattern = (pattern: object | string, event: JsonObject) =>
  explain(parsePattern(textOf(pattern)), event);

/** Makes a test of each case. */
export function decide(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, pattern, event, verdict) => {
    expect(compile(pattern)(JSON.parse(textOf(event)) as JsonObject)).toBe(verdict);
  });
}

/** A pattern of one field, `a`. */
export const field = (...alternatives: unknown[]) => ({ a: alternatives });
