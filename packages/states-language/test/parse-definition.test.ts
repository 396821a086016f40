import { describe, expect, test } from '@jest/globals';
import {
  callsOf,
  describeProblem,
  type JsonObject,
  type JsonValue,
  parseDefinition,
  parseTaskResource,
} from '../src/index.ts';
import { machineOf, problemsOf } from './world.ts';

const pass = { Type: 'Pass' };
const end = { Type: 'Pass', End: true };
const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };

describe('what AWS refuses is refused, with its place', () => {
  test.each<[string, JsonValue, string]>([
    ['not an object', 7, '/: Definition must be a valid JSON object'],
    ['an empty object', {}, '/: These fields are required: [StartAt, States]'],
    [
      'a misspelt field',
      machineOf({ ...pass, Nxet: 'B' }),
      "/States/First: The field 'Nxet' is not supported by Step Functions",
    ],
    [
      'a field of another type',
      machineOf({ ...pass, Seconds: 1 }),
      "/States/First: The field 'Seconds' is not",
    ],
    [
      'a misspelt field of a machine',
      machineOf(pass, {}, { Timeout: 1 }),
      "/: The field 'Timeout' is not supported",
    ],
    [
      'an unknown type',
      machineOf({ Type: 'Pause' }),
      "/States/First/Type: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
    ],
    [
      'a type that objects inherit',
      machineOf({ Type: 'constructor' }),
      "/States/First/Type: The field 'Type'",
    ],
    [
      'a state that is nothing',
      { StartAt: 'A', States: { A: null } },
      '/States/A: A state has to be an object',
    ],
    ['no states', { StartAt: 'A', States: {} }, '/States: Value cannot be empty'],
    ['a missing first state', { StartAt: 'B', States: { A: end } }, "/StartAt: Missing 'Next' target: B"],
    [
      'a missing next state',
      machineOf({ ...pass, Next: 'B' }),
      "/States/First/Next: Missing 'Next' target: B",
    ],
    [
      'a missing default',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'First' }], Default: 'B' }),
      "/States/First/Default: Missing 'Next' target: B",
    ],
    [
      'a missing target of a rule',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'B' }] }),
      "/States/First/Choices/0/Next: Missing 'Next' target: B",
    ],
    ['a state out of reach', machineOf(pass, { B: end }), '/States/B: State "B" is not reachable.'],
    [
      'neither Next nor End',
      { StartAt: 'A', States: { A: pass } },
      '/States/A: A state has either "Next" or "End": true',
    ],
    [
      'both Next and End',
      machineOf({ ...pass, Next: 'First', End: true }),
      '/States/First: A state has either',
    ],
    [
      'a name used twice',
      machineOf({ Type: 'Parallel', Branches: [{ StartAt: 'First', States: { First: end } }] }),
      '/States/First/Branches/0/States/First: Duplicate State name: First',
    ],
    [
      'a name of 81 characters',
      { StartAt: 'x'.repeat(81), States: { ['x'.repeat(81)]: end } },
      'The name of a state has 1 to 80 characters, received 81',
    ],
    [
      'a number where a text belongs',
      machineOf({ Type: 'Fail', Error: 7 }),
      '/States/First/Error: Error has to be a string, received 7',
    ],
    [
      'a timeout of 0',
      machineOf({ ...task, TimeoutSeconds: 0 }),
      '/States/First/TimeoutSeconds: TimeoutSeconds has to be a whole number from 1 to 99999999, received 0',
    ],
    [
      'a wait of half a second',
      machineOf({ Type: 'Wait', Seconds: 0.5 }),
      '/States/First/Seconds: Seconds has to be a whole number',
    ],
    [
      'a heartbeat that is not shorter than the timeout',
      machineOf({ ...task, TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      '/States/First/HeartbeatSeconds: HeartbeatSeconds has to be less than TimeoutSeconds',
    ],
    [
      'a timestamp without an offset',
      machineOf({ Type: 'Wait', Timestamp: '2026-01-31T12:00:00' }),
      '/States/First/Timestamp: Timestamp has to be a timestamp',
    ],
    [
      'a Wait state without a time',
      machineOf({ Type: 'Wait' }),
      '/States/First: One of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath]',
    ],
    [
      'a Wait state with two',
      machineOf({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-31T12:00:00Z' }),
      '/States/First: Only one of these fields is allowed: [Seconds, Timestamp]',
    ],
    [
      'a number and its path',
      machineOf({ ...task, TimeoutSeconds: 1, TimeoutSecondsPath: '$.n' }),
      '/States/First: Only one of these fields is allowed: [TimeoutSeconds, TimeoutSecondsPath]',
    ],
    [
      'a path that is none',
      machineOf({ ...pass, InputPath: 'id' }),
      '/States/First/InputPath: "id": expected "$" at character 1',
    ],
    [
      'a result path with a wildcard',
      machineOf({ ...pass, ResultPath: '$.a[*]' }),
      '/States/First/ResultPath: ResultPath has to be a path that names one place',
    ],
    [
      'a parameter that is no path',
      machineOf({ ...pass, Parameters: { a: { 'b.$': 'id' } } }),
      "/States/First/Parameters: The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call",
    ],
    [
      'a parameter that is a number',
      machineOf({ ...pass, Parameters: { 'b.$': 7 } }),
      "The value for the field 'b.$' must be a valid JSONPath",
    ],
    [
      'an unknown function',
      machineOf({ ...pass, Parameters: { 'b.$': 'States.Nothing()' } }),
      "States.Nothing isn't an intrinsic function",
    ],
    ['no resource', machineOf({ Type: 'Task' }), '/States/First: These fields are required: [Resource]'],
    [
      'a resource that is none',
      machineOf({ ...task, Resource: 'lambda:invoke' }),
      '/States/First/Resource: The resource provided lambda:invoke is not recognized.',
    ],
    [
      'no branches',
      machineOf({ Type: 'Parallel', Branches: [] }),
      '/States/First/Branches: Value cannot be empty',
    ],
    [
      'a branch with a timeout',
      machineOf({ Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: end }, TimeoutSeconds: 1 }] }),
      "/States/First/Branches/0: The field 'TimeoutSeconds' is not supported",
    ],
    [
      'no processor',
      machineOf({ Type: 'Map' }),
      '/States/First: One of these fields is required: [ItemProcessor, Iterator]',
    ],
    ['no rules', machineOf({ Type: 'Choice', Choices: [] }), '/States/First/Choices: Value cannot be empty'],
    [
      'a rule with two operators',
      machineOf({
        Type: 'Choice',
        Choices: [{ Variable: '$', IsNull: true, IsString: true, Next: 'First' }],
      }),
      '/States/First/Choices/0: a comparison needs one operator, received IsNull, IsString',
    ],
    [
      'a misspelt operator',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$', StringEqual: 'a', Next: 'First' }] }),
      "/States/First/Choices/0: StringEqual isn't a comparison",
    ],
    [
      'an operator without a path form',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$', StringMatchesPath: '$.a', Next: 'First' }] }),
      "StringMatchesPath isn't a comparison",
    ],
    [
      'an operand of another type',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: '1', Next: 'First' }] }),
      'NumericEquals compares with a number, received "1"',
    ],
    [
      'a rule inside of a rule that leads somewhere',
      machineOf({
        Type: 'Choice',
        Choices: [{ Not: { Variable: '$', IsNull: true, Next: 'First' }, Next: 'First' }],
      }),
      'a comparison needs one operator, received IsNull, Next',
    ],
    [
      'a retrier without names',
      machineOf({ ...task, Retry: [{ MaxAttempts: 1 }] }),
      '/States/First/Retry/0: These fields are required: [ErrorEquals]',
    ],
    [
      'States.ALL beside others',
      machineOf({ ...task, Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] }),
      '/States/First/Retry/0/ErrorEquals: States.ALL has to be the only name',
    ],
    [
      'States.ALL before others',
      machineOf({ ...task, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
      '/States/First/Retry/0/ErrorEquals: States.ALL has to be the only name, in the last entry',
    ],
    [
      'a backoff rate below 1',
      machineOf({ ...task, Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] }),
      '/States/First/Retry/0/BackoffRate: BackoffRate has to be a number of at least 1, received 0.5',
    ],
    [
      'a longest pause that is no longer',
      machineOf({ ...task, Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] }),
      '/States/First/Retry/0: MaxDelaySeconds has to be more than IntervalSeconds (5), received 5',
    ],
    [
      'a catcher without a target',
      machineOf({ ...task, Catch: [{ ErrorEquals: ['A'] }] }),
      '/States/First/Catch/0: These fields are required: [Next]',
    ],
    [
      'JSONPath inside of JSONata',
      machineOf({ ...pass, QueryLanguage: 'JSONPath' }, {}, { QueryLanguage: 'JSONata' }),
      "/States/First: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    ],
    [
      'a field of the other query language',
      machineOf({ ...pass, Output: 1 }),
      "/States/First: The field 'Output' is for JSONata, and the query language is JSONPath",
    ],
    [
      'an expression that is none',
      machineOf({ ...pass, Output: '{% 1 + %}' }, {}, { QueryLanguage: 'JSONata' }),
      "/States/First: '1 +' isn't a JSONata expression",
    ],
    [
      'a variable of the machine around it, set again',
      machineOf(
        { ...pass, Assign: { n: 1 }, Next: 'B' },
        {
          B: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'A', States: { A: { ...end, Assign: { n: 2 } } } }],
            End: true,
          },
        },
      ),
      '/States/B/Branches/0/States/A/Assign: The variable n is set outside of this branch, too',
    ],
    [
      'a variable with a name that is none',
      machineOf({ ...pass, Assign: { 'a-b': 1 } }),
      '/States/First/Assign: a-b is not the name of a variable',
    ],
    [
      'the variable states',
      machineOf({ ...pass, Assign: { states: 1 } }),
      '/States/First/Assign: states is not the name of a variable',
    ],
  ])('%s', (_, machine, problem) => {
    expect(problemsOf(machine).join('\n')).toContain(problem);
  });

  test('a text that is not JSON', () => {
    const [problem] = parseDefinition('{"StartAt": ').problems ?? [];
    expect(problem).toMatchObject({ code: 'INVALID_JSON_DESCRIPTION', place: '/' });
  });

  test('a definition of more than 1 MiB', () => {
    const machine = machineOf({ ...pass, Comment: 'x'.repeat(1024 * 1024) });
    expect(problemsOf(machine)).toEqual([expect.stringContaining('up to 1048576 bytes')]);
  });

  test('every problem is reported at once', () => {
    const machine = machineOf({ Type: 'Wait', Seconds: -1, Next: 'B' }, { B: { Type: 'Fail', Eror: 'E' } });
    expect(problemsOf(machine)).toHaveLength(2);
  });

  test('a problem reads as it does on AWS', () => {
    const [problem] = parseDefinition('{"States": {"A": {"Type": "Succeed"}}}').problems ?? [];
    expect(problem && describeProblem(problem)).toBe(
      'SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /',
    );
  });
});

describe('what AWS runs and is not known here is refused by name, never called invalid', () => {
  const map = (fields: JsonObject, config: JsonObject = {}) =>
    machineOf({
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: config, StartAt: 'A', States: { A: end } },
      ...fields,
    });

  test.each<[JsonObject, string]>([
    [map({ ItemReader: {} }), '/States/First/ItemReader: Step Functions has the field ItemReader'],
    [map({ ResultWriter: {} }), '/States/First/ResultWriter'],
    [
      map({}, { Mode: 'DISTRIBUTED' }),
      '/States/First/ItemProcessor/ProcessorConfig/Mode: Step Functions has distributed Map states',
    ],
    [machineOf({ ...task, Credentials: { RoleArn: 'r' } }), '/States/First/Credentials'],
    [
      machineOf({ ...task, Resource: 'arn:aws:states:eu-west-1:111111111111:activity:pack' }),
      'The activity arn:aws:states:eu-west-1:111111111111:activity:pack',
    ],
    [machineOf({ ...pass, InputPath: '$[?(@.a =~ /x/)]' }), '/States/First/InputPath'],
    [machineOf({ ...pass, Parameters: { 'a.$': '$[?(@.a == $.b)]' } }), '/States/First/Parameters'],
  ])('%j', (machine, part) => {
    const { problems = [] } = parseDefinition(JSON.stringify(machine));
    expect(problems.map(({ kind, code }) => [kind, code])).toEqual([['unknown', 'NOT_KNOWN_HERE']]);
    expect(problems.map(({ place, message }) => `${place}: ${message}`).join()).toContain(part);
  });
});

describe('what AWS takes is taken', () => {
  test.each<[string, JsonObject]>([
    [
      'paths with a dot before brackets',
      machineOf({ ...pass, Parameters: { 'a.$': '$.[0]', 'b.$': '$.a.[0].b' } }),
    ],
    ['a filter after a dot', machineOf({ ...pass, InputPath: '$.[?(@.n > 0)]' })],
    ['a state called Iterator', { StartAt: 'Iterator', States: { Iterator: end } }],
    [
      'a state called __proto__',
      JSON.parse('{"StartAt":"__proto__","States":{"__proto__":{"Type":"Succeed"}}}') as JsonObject,
    ],
    ['a result path that is the whole', machineOf({ ...pass, ResultPath: '$' })],
    ['a path from the context object', machineOf({ ...pass, InputPath: '$$.Execution.Input' })],
    ['a timestamp with an offset', machineOf({ Type: 'Wait', Timestamp: '2026-01-31T12:00:00.123+01:00' })],
    [
      'a function as the path of an error',
      machineOf({ Type: 'Fail', ErrorPath: "States.Format('{}', $.e)" }),
    ],
    ['a text that only looks like a function', machineOf({ ...pass, Parameters: { a: 'States.Nothing()' } })],
    ['literal braces in JSONPath', machineOf({ ...pass, Parameters: { a: '{% not evaluated %}' } })],
    [
      'a variable set again in the same machine',
      machineOf({ ...pass, Assign: { n: 1 }, Next: 'B' }, { B: { ...end, Assign: { n: 2 } } }),
    ],
  ])('%s', (_, machine) => {
    expect(problemsOf(machine)).toEqual([]);
  });
});

describe('resources', () => {
  test.each([
    ['arn:aws:lambda:eu-west-1:111111111111:function:pack:live', { kind: 'function' }],
    [
      'arn:aws:states:::events:putEvents',
      { kind: 'optimized', service: 'events', action: 'putEvents', pattern: 'requestResponse' },
    ],
    [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      { kind: 'optimized', service: 'sqs', pattern: 'waitForTaskToken' },
    ],
    ['arn:aws:states:::states:startExecution.sync:2', { kind: 'optimized', pattern: 'sync', version: 2 }],
    ['arn:aws-cn:states:::aws-sdk:dynamodb:query', { kind: 'sdk', service: 'dynamodb', action: 'query' }],
    [
      'arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken',
      { kind: 'sdk', pattern: 'waitForTaskToken' },
    ],
  ])('%s', (arn, expected) => {
    expect(parseTaskResource(arn)).toMatchObject({ arn, ...expected });
  });

  test.each([
    'arn:aws:states:::aws-sdk:dynamodb:query.sync',
    'arn:aws:states:::sqs',
    'arn:aws:s3:::bucket',
    '',
  ])('%s is none', (arn) => {
    expect(() => parseTaskResource(arn)).toThrow();
  });
});

test('callsOf lists everything that a definition calls, and where', () => {
  const { definition } = parseDefinition(
    JSON.stringify(
      machineOf(
        { ...task, Next: 'Each' },
        {
          Each: {
            Type: 'Map',
            Iterator: {
              StartAt: 'Both',
              States: {
                Both: {
                  Type: 'Parallel',
                  Branches: [{ StartAt: 'A/B', States: { 'A/B': { ...task, End: true } } }],
                  End: true,
                },
              },
            },
            End: true,
          },
        },
      ),
    ),
  );
  expect(definition && callsOf(definition)).toEqual([
    { stateName: 'First', place: '/States/First', resource: parseTaskResource(task.Resource) },
    {
      stateName: 'A/B',
      place: '/States/Each/Iterator/States/Both/Branches/0/States/A~1B',
      resource: parseTaskResource(task.Resource),
    },
  ]);
});
