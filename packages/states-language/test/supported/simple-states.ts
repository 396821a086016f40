import { machineOf } from '../world.ts';
import {
  assignCase,
  common,
  end,
  type FieldCases,
  jsonata,
  moving,
  outputCase,
  selecting,
} from './field-case.ts';

const sum = { m: '{% $states.input.n + 1 %}' };
const summed = { output: { m: 2 } };
const pass = { Type: 'Pass' };
const wait = { Type: 'Wait', Seconds: 1 };
const succeed = { Type: 'Succeed' };
const choose = {
  Type: 'Choice',
  Choices: [{ Variable: '$[0]', NumericEquals: 1, Next: 'First2' }],
  Default: 'First2',
};
const chooseInJsonata = {
  Type: 'Choice',
  Choices: [{ Condition: '{% $states.input.n = 1 %}', Next: 'First2', Output: sum }],
};
const after = { First2: end };

export const passCases: FieldCases = {
  ...common(pass, { ...pass, Output: sum }, summed, {}),
  ...selecting(pass),
  ...moving(pass),
  Output: outputCase({ Type: 'Pass' }),
  Assign: assignCase({ Type: 'Pass' }),
  Parameters: {
    says: 'makes the output from paths and functions',
    machine: machineOf({
      Type: 'Pass',
      Parameters: { 'a.$': '$.n', b: [{ 'c.$': "States.Format('{}', $.n)" }] },
    }),
    input: { n: 1 },
    gives: { output: { a: 1, b: [{ c: '1' }] } },
  },
  Result: {
    says: 'is the output, unevaluated, with names that end in .$ too',
    machine: machineOf({ Type: 'Pass', Result: { 'a.$': '$.n' } }),
    gives: { output: { 'a.$': '$.n' } },
  },
  ResultPath: {
    says: 'places the result in the input; null drops it',
    machine: machineOf({ Type: 'Pass', Result: 1, ResultPath: null }),
    input: { a: 1 },
    gives: { output: { a: 1 } },
  },
};

export const waitCases: FieldCases = {
  ...common(wait, { ...wait, Output: sum }, summed, {}),
  ...selecting(wait),
  ...moving(wait),
  Output: outputCase(wait),
  Assign: assignCase(wait),
  Seconds: { says: 'is how long it waits', machine: machineOf(wait), gives: { waitedMs: 1_000 } },
  SecondsPath: {
    says: 'is where that number is',
    machine: machineOf({ Type: 'Wait', SecondsPath: '$.n' }),
    input: { n: 2 },
    gives: { waitedMs: 2_000 },
  },
  Timestamp: {
    says: 'is until when it waits',
    machine: machineOf({ Type: 'Wait', Timestamp: '2026-01-31T12:00:03Z' }),
    gives: { waitedMs: 3_000 },
  },
  TimestampPath: {
    says: 'is where that time is',
    machine: machineOf({ Type: 'Wait', TimestampPath: '$.t' }),
    input: { t: '2026-01-31T14:00:04+02:00' },
    gives: { waitedMs: 4_000 },
  },
};

export const succeedCases: FieldCases = {
  ...common(succeed, { ...succeed, Output: sum }, summed, {}),
  ...selecting(succeed),
  Output: outputCase({ Type: 'Succeed' }),
};

export const failCases: FieldCases = {
  ...common({ Type: 'Fail' }, { Type: 'Fail', Error: "{% 'E' & $states.input.n %}" }, { error: 'E1' }, {}),
  Error: {
    says: "is the error's name",
    machine: machineOf({ Type: 'Fail', Error: 'E' }),
    gives: { error: 'E' },
  },
  ErrorPath: {
    says: 'is where that name is, or a function that makes it',
    machine: machineOf({ Type: 'Fail', ErrorPath: "States.Format('E{}', $.n)" }),
    input: { n: 1 },
    gives: { error: 'E1' },
  },
  Cause: {
    says: 'says what happened',
    machine: machineOf({ Type: 'Fail', Cause: 'c' }),
    gives: { cause: 'c' },
  },
  CausePath: {
    says: 'is where that text is, or a function that makes it',
    machine: machineOf({ Type: 'Fail', CausePath: '$.c' }),
    input: { c: 'why' },
    gives: { cause: 'why' },
  },
};

const chosen = {
  Type: {
    says: 'is the type of the state',
    machine: machineOf(choose, after),
    input: [1],
    gives: { output: [1] },
  },
  Comment: {
    says: 'is for people only',
    machine: machineOf({ ...choose, Comment: 'note' }, after),
    input: [1],
    gives: { output: [1] },
  },
  QueryLanguage: {
    says: 'makes this state one in JSONata, inside of a machine in JSONPath',
    machine: machineOf({ ...chooseInJsonata, ...jsonata }, after),
    input: { n: 1 },
    gives: summed,
  },
};

export const choiceCases: FieldCases = {
  ...chosen,
  InputPath: {
    says: 'selects what the rules work on',
    machine: machineOf({ ...choose, InputPath: '$.a' }, after),
    input: { a: [1] },
    gives: { output: [1] },
  },
  OutputPath: {
    says: 'selects what the next state gets; null is an empty object',
    machine: machineOf({ ...choose, OutputPath: '$[1]' }, after),
    input: [1, 2],
    gives: { output: 2 },
  },
  Output: {
    says: 'is the output when no rule matches; a rule has an output of its own',
    machine: machineOf(
      {
        Type: 'Choice',
        ...jsonata,
        Choices: [{ Condition: '{% false %}', Next: 'First2', Output: 'rule' }],
        Default: 'First2',
        Output: 'default',
      },
      after,
    ),
    gives: { output: 'default' },
  },
  Assign: {
    says: 'sets variables when no rule matches; a rule sets its own',
    machine: machineOf(
      {
        Type: 'Choice',
        Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'First2', Assign: { by: 'rule' } }],
        Default: 'First2',
        Assign: { by: 'default' },
      },
      { First2: { Type: 'Pass', Parameters: { 'by.$': '$by' }, End: true } },
    ),
    input: { n: 1 },
    gives: { output: { by: 'rule' } },
  },
  Choices: {
    says: 'the first rule that matches says what follows',
    machine: machineOf(
      {
        Type: 'Choice',
        Choices: [
          { Variable: '$.n', NumericGreaterThan: 1, Next: 'A' },
          { Variable: '$.n', NumericGreaterThan: 0, Next: 'B' },
        ],
      },
      { A: { ...end, Result: 'a' }, B: { ...end, Result: 'b' } },
    ),
    input: { n: 2 },
    gives: { output: 'a' },
  },
  Default: {
    says: 'is what follows when no rule matches',
    machine: machineOf(choose, after),
    input: [2],
    gives: { output: [2] },
  },
};
