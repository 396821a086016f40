import { expect, test } from '@jest/globals';
import { characterAt, indexOfCharacter, lastCharacter } from '@orders/jest/characters';
import fc from 'fast-check';
import { isObject, type JsonValue } from '../src/json.ts';
import { evaluatePath } from '../src/json-path/evaluate-path.ts';
import { parsePath } from '../src/json-path/parse-path.ts';
import { putAt } from '../src/json-path/reference-path.ts';
import { SyntaxProblem } from '../src/json-path/text-reader.ts';

const character = fc.nat(lastCharacter).map(characterAt, indexOfCharacter);
const json = fc.jsonValue({ maxDepth: 4, stringUnit: character }) as fc.Arbitrary<JsonValue>;
const read = (path: string, value: JsonValue) => evaluatePath(parsePath(path), () => value);
const quoted = (name: string) => `['${name.replace(/[\\']/g, '\\$&')}']`;

/** Every place of a document: its path, and what is there. */
function places(value: JsonValue, path = '$'): [path: string, value: JsonValue][] {
  const inner = Array.isArray(value)
    ? value.map((item, index) => places(item, `${path}[${index}]`))
    : isObject(value)
      ? Object.entries(value).map(([name, item]) => places(item, `${path}${quoted(name)}`))
      : [];
  return [[path, value], ...inner.flat()];
}

test('every place of a document is found by its path', () => {
  fc.assert(
    fc.property(json, (document) => {
      for (const [path, value] of places(document)) expect(read(path, document)).toEqual(value);
    }),
  );
});

test('what is put at a place is found there, and nothing else changes', () => {
  fc.assert(
    fc.property(json, json, fc.nat(), (document, value, choice) => {
      const all = places(document);
      const [path = '$'] = all[choice % all.length] ?? [];
      const before = JSON.stringify(document);
      const changed = putAt(document, parsePath(path), value) ?? null;
      expect(read(path, changed)).toEqual(value);
      expect(JSON.stringify(document)).toBe(before);
      for (const [other, original] of all) {
        if (!other.startsWith(path) && !path.startsWith(other))
          expect(read(other, changed)).toEqual(original);
      }
    }),
  );
});

test('a descent finds exactly the values of that name, wherever they are', () => {
  fc.assert(
    fc.property(json, fc.constantFrom('a', 'b'), (inner, name) => {
      const document = { a: inner, list: [{ b: inner }, inner] } as JsonValue;
      const expected = places(document).filter(([path]) => path.endsWith(quoted(name)));
      expect(read(`$..${name}`, document)).toHaveLength(expected.length);
    }),
  );
});

test('any text is a path or a problem, soon', () => {
  const piece = fc.constantFrom(
    '$',
    '.',
    '..',
    '[',
    ']',
    '(',
    ')',
    '?',
    '@',
    '*',
    "'",
    '"',
    'a',
    '0',
    ':',
    ',',
    '&&',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }).map((pieces) => `$${pieces.join('')}`),
      (text) => {
        try {
          return parsePath(text).source === text;
        } catch (error) {
          return error instanceof SyntaxProblem;
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
