import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { operators } from '../src/choice/operators.ts';
import type { Field } from '../src/definition/fields.ts';
import { type JsonObject, type JsonValue, parseDefinition } from '../src/index.ts';
import { functions } from '../src/intrinsics/functions.ts';
import { renderSupported } from './supported/document.ts';
import { intrinsicCases } from './supported/intrinsic-cases.ts';
import { operatorCases } from './supported/operator-cases.ts';
import { tables } from './supported/tables.ts';
import { createWorld, execute, machineOf } from './world.ts';

describe.each(tables)('%s', (title, fields, cases) => {
  const known = Object.entries(fields).filter(([, field]) => !field.unknown);

  test('has a case for each field that is known, and for no other', () => {
    expect(Object.keys(cases).sort()).toEqual(known.map(([name]) => name).sort());
  });

  test.each(Object.entries(cases))(
    '%s does what its case says',
    async (_, { machine, input, tasks, gives }) => {
      const world = createWorld(tasks);
      const startedAt = world.clock.now();
      const ended = await world.end(world.start(machine, input));
      const { waitedMs, ...expected } = gives;
      expect(ended).toMatchObject(expected);
      if (waitedMs !== undefined) expect(world.clock.now() - startedAt).toBe(waitedMs);
    },
  );

  test('refuses each field by name that AWS has and that is not known here', () => {
    for (const [name, field] of Object.entries(fields)) {
      if (!field.unknown) continue;
      const { problems = [] } = parseDefinition(JSON.stringify(withField(title, name, field)));
      expect(problems).toContainEqual(
        expect.objectContaining({ code: 'NOT_KNOWN_HERE', place: expect.stringMatching(`/${name}$`) }),
      );
    }
  });
});

const one = (state: JsonObject): JsonObject => ({ StartAt: 'A', States: { A: { ...state, End: true } } });
const map = { Type: 'Map', ItemProcessor: one({ Type: 'Pass' }) };

/** A machine with a field that isn't known here. */
function withField(title: string, name: string, { kind }: Field): JsonObject {
  const value = kind === 'object' ? {} : kind === 'count' ? 1 : '$.n';
  if (title === 'Task') {
    return machineOf({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', [name]: value });
  }
  if (title === 'Map') return machineOf({ ...map, [name]: value });
  return machineOf({
    ...map,
    ItemProcessor: { ...map.ItemProcessor, ProcessorConfig: { [name]: 'STANDARD' } },
  });
}

describe('Choice rules', () => {
  test('have cases for each operator, and for no other', () => {
    expect(Object.keys(operatorCases).sort()).toEqual(Object.keys(operators).sort());
  });

  const end = (result: string) => ({ Type: 'Pass', Result: result, End: true });
  const choose = (comparison: JsonObject) =>
    machineOf(
      { Type: 'Choice', Choices: [{ Variable: '$.value', ...comparison, Next: 'Yes' }], Default: 'No' },
      { Yes: end('yes'), No: end('no') },
    );
  const cases = Object.entries(operatorCases).flatMap(([operator, list]) =>
    list.map(([value, operand, matches]) => [value, operator, operand, matches] as const),
  );

  test.each(cases)('%j %s %j: %s', async (value, operator, operand, matches) => {
    const output = matches ? 'yes' : 'no';
    expect(await execute(choose({ [operator]: operand }), { value })).toMatchObject({ output });
    if (operators[operator]?.path === undefined) return;
    const byPath = choose({ [`${operator}Path`]: '$.operand' });
    expect(await execute(byPath, { value, operand })).toMatchObject({ output });
  });

  test.each([
    [{ And: [{ a: 1 }, { b: 1 }] }, 'no'],
    [{ And: [{ a: 1 }, { a: 1 }] }, 'yes'],
    [{ Or: [{ b: 1 }, { a: 1 }] }, 'yes'],
    [{ Or: [{ b: 1 }] }, 'no'],
    [{ Not: { b: 1 } }, 'yes'],
    [{ Not: { Or: [{ a: 1 }, { b: 1 }] } }, 'no'],
  ])('%j is combined: %s', async (combined, output) => {
    // In these, a is a comparison that matches, and b one that doesn't.
    const text = JSON.stringify(combined)
      .replaceAll('{"a":1}', '{"Variable":"$.n","NumericEquals":1}')
      .replaceAll('{"b":1}', '{"Variable":"$.n","NumericEquals":2}');
    const machine = machineOf(
      { Type: 'Choice', Choices: [{ ...(JSON.parse(text) as JsonObject), Next: 'Yes' }], Default: 'No' },
      { Yes: end('yes'), No: end('no') },
    );
    expect(await execute(machine, { n: 1 })).toMatchObject({ output });
  });

  test('a rule after the one that decides is not evaluated', async () => {
    const missing = { Variable: '$.missing', NumericEquals: 1 };
    const machine = machineOf(
      { Type: 'Choice', Choices: [{ Or: [{ Variable: '$.n', NumericEquals: 1 }, missing], Next: 'Yes' }] },
      { Yes: end('yes') },
    );
    expect(await execute(machine, { n: 1 })).toMatchObject({ output: 'yes' });
  });
});

describe('Intrinsic functions', () => {
  test('have cases for each function, and for no other', () => {
    expect(Object.keys(intrinsicCases).sort()).toEqual(Object.keys(functions).sort());
  });

  const evaluate = (call: string, input: JsonValue) =>
    execute(machineOf({ Type: 'Pass', Parameters: { 'value.$': call } }), input);

  test.each(Object.values(intrinsicCases).flat())('%s on %j', async (call, input, expected) => {
    const { output, error, cause } = await evaluate(call, input);
    if (typeof expected === 'object' && expected !== null && 'fails' in expected) {
      expect(error).toBe('States.IntrinsicFailure');
      expect(cause).toContain(`The function '${call}' had the following error: `);
      expect(cause).toContain(expected.fails);
    } else {
      expect({ output, cause }).toEqual({ output: { value: expected }, cause: undefined });
    }
  });

  test('a path in a call that leads nowhere fails in the words of AWS', async () => {
    const { error, cause } = await evaluate("States.Format('{}', $.id)", { a: 1 });
    expect(error).toBe('States.Runtime');
    expect(cause).toContain(
      "The JsonPath argument for the field '$.id' could not be found in the input '{\"a\":1}'",
    );
  });
});

test('the document says what the tables and cases say', () => {
  const path = new URL('../../../docs/states-language.md', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(renderSupported());
});
