import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { type JsonObject, type JsonValue, StatesError } from '../src/index.ts';
import { execute, machineOf } from './world.ts';

const jsonata = { QueryLanguage: 'JSONata' };
const pass = (fields: JsonObject) => machineOf({ Type: 'Pass', ...fields }, {}, jsonata);
const output = async (expression: string, input: JsonValue = {}) =>
  (await execute(pass({ Output: `{% ${expression} %}` }), input)).output;

test.each<[string, JsonValue, JsonValue]>([
  ['$states.input.n + 1', { n: 1 }, 2],
  [
    '$states.input.list[n > 1].id',
    {
      list: [
        { n: 1, id: 'a' },
        { n: 2, id: 'b' },
      ],
    },
    'b',
  ],
  ['$states.context.State.Name', {}, 'First'],
  ['[1..3]', {}, [1, 2, 3]],
  ['null', {}, null],
  ['$partition([1, 2, 3], 2)', {}, [[1, 2], [3]]],
  ['$range(1, 9, 4)', {}, [1, 5, 9]],
  ['$range(1, 1, 1)', {}, 1],
  ["$hash('a', 'MD5')", {}, '0cc175b9c0f1b6a831c399e269772661'],
  ['$random()', {}, 0.5],
  ['$uuid()', {}, '00000000-0000-4000-8000-000000000001'],
  ['$parse(\'{"a":[1]}\').a', {}, [1]],
  ['$random(7) = $random(7)', {}, true],
])('{%% %s %%} on %j', async (expression, input, expected) => {
  expect(await output(expression, input)).toEqual(expected);
});

test('every expression in a value is evaluated, and nothing else is', async () => {
  const { output } = await execute(
    pass({
      Output: {
        a: ['{% $states.input.n %}', { b: '{%$states.input.n * 2%}' }],
        c: ' {% no %} ',
        'd.$': '$.n',
      },
    }),
    { n: 1 },
  );
  expect(output).toEqual({ a: [1, { b: 2 }], c: ' {% no %} ', 'd.$': '$.n' });
});

test('without Output, a Pass state gives its input, and a Task state its result', async () => {
  expect(await execute(pass({}), { n: 1 })).toMatchObject({ output: { n: 1 } });
  const task = machineOf({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }, {}, jsonata);
  expect(await execute(task, { n: 1 }, { First: () => 'r' })).toMatchObject({ output: 'r' });
});

test('Assign and Output see the variables as they were before', async () => {
  const machine = {
    ...jsonata,
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { n: 1 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { n: '{% $n + 1 %}', m: '{% $n %}' }, Output: '{% $n %}', Next: 'C' },
      C: { Type: 'Pass', Output: '{% [$states.input, $n, $m] %}', End: true },
    },
  };
  expect(await execute(machine)).toMatchObject({ output: [1, 2, 1] });
});

test.each([
  ['$nothing', 'returned nothing (undefined).'],
  ['function($x) { $x }', 'returned an unsupported result type.'],
  ["$states.input + 'a'", 'threw an error during evaluation. T2001: '],
  ["$eval('1')", 'threw an error during evaluation. Step Functions has no $eval'],
])('{%% %s %%} fails in the words of AWS', async (expression, words) => {
  const { error, cause, events } = await execute(pass({ Output: { total: `{% ${expression} %}` } }));
  expect(error).toBe('States.QueryEvaluationError');
  expect(cause).toContain(
    "An error occurred while executing the state 'First' (entered at the event id #2). " +
      `The JSONata expression '${expression}' specified for the field 'Output/total' ${words}`,
  );
  expect(events.at(-2)).toMatchObject({
    type: 'EvaluationFailed',
    evaluationFailedEventDetails: { error, cause, location: 'Output/total', state: 'First' },
  });
});

test('a value of another type than its field fails', async () => {
  const { cause } = await execute(machineOf({ Type: 'Wait', Seconds: "{% 'a' %}" }, {}, jsonata));
  expect(cause).toContain(
    `The JSONata expression ''a'' specified for the field 'Seconds' returned an unexpected result type. ` +
      `Expected 'number', but was 'string' for value: "a"`,
  );
});

test('an evaluation that fails can be caught, and the catcher sees the error', async () => {
  const machine = machineOf(
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: '{% $nothing %}',
      Catch: [
        {
          ErrorEquals: ['States.QueryEvaluationError'],
          Next: 'Other',
          Output: '{% $states.errorOutput.Error %}',
        },
      ],
    },
    { Other: { Type: 'Pass', End: true } },
    jsonata,
  );
  expect(await execute(machine)).toMatchObject({ output: 'States.QueryEvaluationError' });
});

test('a catcher without Output gives the error', async () => {
  const machine = machineOf(
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Catch: [
        { ErrorEquals: ['States.ALL'], Next: 'Other', Assign: { seen: '{% $states.errorOutput.Cause %}' } },
      ],
    },
    { Other: { Type: 'Pass', Output: '{% [$states.input.Error, $seen] %}', End: true } },
    jsonata,
  );
  const fail = () => {
    throw new StatesError('Broken', 'why');
  };
  expect(await execute(machine, {}, { First: fail })).toMatchObject({ output: ['Broken', 'why'] });
});

test('an expression that never ends is ended', async () => {
  const { error, cause } = await execute(
    pass({ Output: '{% ($f := function($n) { 1 + $f($n) }; $f(1)) %}' }),
  );
  expect(error).toBe('States.QueryEvaluationError');
  expect(cause).toContain('threw an error during evaluation');
});

test('a machine in JSONPath does not load the library', () => {
  /** Parses the machines in a process of its own. @returns whether the library is loaded after each */
  const loads = (...machines: JsonObject[]) => {
    const script = `
      import { createRequire } from 'node:module';
      const [index, ...machines] = process.argv.slice(1);
      const { parseDefinition } = await import(index);
      const { cache } = createRequire(index);
      const isLoaded = () => Object.keys(cache).some((path) => path.includes('jsonata'));
      const loaded = machines.map((machine) => {
        parseDefinition(machine);
        return isLoaded();
      });
      console.log(loaded.join());`;
    const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
    const given = [...nodeOptions, '--input-type=module', '-e', script, index];
    const texts = machines.map((machine) => JSON.stringify(machine));
    return execFileSync(process.execPath, [...given, ...texts], { encoding: 'utf8' }).trim();
  };
  expect(loads(machineOf({ Type: 'Pass' }), pass({ Output: '{% 1 %}' }))).toBe('false,true');
});
