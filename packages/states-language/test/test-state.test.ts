import { expect, test } from '@jest/globals';
import { type JsonObject, type TestStateHost, type TestStateRequest, testState } from '../src/index.ts';
import { createWorld, identity, type Tasks } from './world.ts';

const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { 'id.$': '$.id' },
  End: true,
};

const ask = (state: JsonObject, request: Partial<TestStateRequest> = {}, tasks: Tasks = {}) =>
  testState({ definition: JSON.stringify(state), ...request }, identity, createWorld(tasks).host);

const mocked = (value: unknown) => ({ mock: { result: JSON.stringify(value) } });
const failing = { mock: { errorOutput: { error: 'Broken', cause: 'why' } } };

test('a state alone says what it gives, and what follows', async () => {
  expect(await ask({ Type: 'Pass', Result: 1, Next: 'Pack' }, { input: '{"id":1}' })).toEqual({
    status: 'SUCCEEDED',
    output: '1',
    nextState: 'Pack',
  });
  const choice = {
    Type: 'Choice',
    Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Yes' }],
    Default: 'No',
  };
  expect(await ask(choice, { input: '{"n":2}' })).toMatchObject({ status: 'SUCCEEDED', nextState: 'No' });
});

test('a state is found by its name in a whole definition, inside of a Map state too', async () => {
  const definition = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: { StartAt: 'Pack', States: { Pack: { Type: 'Pass', Result: 'packed', End: true } } },
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
  expect(await ask(definition, { stateName: 'Pack' })).toMatchObject({ output: '"packed"' });
  expect(await ask(definition, { stateName: 'Each', input: '[1]', ...mocked(['a']) })).toEqual({
    status: 'SUCCEEDED',
    output: '["a"]',
    nextState: 'Done',
  });
  await expect(ask(definition, { stateName: 'Other' })).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('State not found in definition'),
  });
});

test('DEBUG shows the way of the data', async () => {
  const state = {
    ...task,
    InputPath: '$.order',
    ResultSelector: { 'parcel.$': '$.p' },
    ResultPath: '$.packed',
  };
  const { output, inspectionData } = await ask(state, {
    input: '{"order":{"id":7}}',
    inspectionLevel: 'DEBUG',
    ...mocked({ p: 1 }),
  });
  expect(output).toBe('{"order":{"id":7},"packed":{"parcel":1}}');
  expect(inspectionData).toEqual({
    input: '{"order":{"id":7}}',
    afterInputPath: '{"id":7}',
    afterParameters: '{"id":7}',
    result: '{"p":1}',
    afterResultSelector: '{"parcel":1}',
    afterResultPath: output,
  });
});

test('in JSONata, DEBUG shows the arguments; variables can be given', async () => {
  const state = {
    Type: 'Task',
    QueryLanguage: 'JSONata',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { id: '{% $order %}' },
    Output: '{% $states.result.p %}',
    End: true,
  };
  const { output, inspectionData } = await ask(state, {
    variables: '{"order":7}',
    inspectionLevel: 'DEBUG',
    ...mocked({ p: 1 }),
  });
  expect(output).toBe('1');
  expect(inspectionData).toEqual({
    input: '{}',
    variables: '{"order":7}',
    afterArguments: '{"id":7}',
    result: '{"p":1}',
  });
});

test('without a mock, the service is called in the given role', async () => {
  const roles: unknown[] = [];
  const tasks: Tasks = {
    StateName: (parameters, { execution }) => {
      roles.push(execution.roleArn);
      return parameters;
    },
  };
  const request = { input: '{"id":7}', roleArn: 'arn:aws:iam::111111111111:role/test' };
  expect(await ask(task, request, tasks)).toEqual({ status: 'SUCCEEDED', output: '{"id":7}' });
  expect(roles).toEqual(['arn:aws:iam::111111111111:role/test']);
  await expect(ask(task, { input: '{"id":7}' })).rejects.toThrow('RoleArn must be specified');
});

test('an error that a retrier takes is RETRIABLE, until its attempts are used up', async () => {
  const state = {
    ...task,
    Retry: [{ ErrorEquals: ['Other'] }, { ErrorEquals: ['Broken'], MaxAttempts: 2, IntervalSeconds: 3 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Help', ResultPath: '$.error' }],
  };
  const at = (retrierRetryCount: number) =>
    ask(state, {
      input: '{"id":1}',
      inspectionLevel: 'DEBUG',
      stateConfiguration: { retrierRetryCount },
      ...failing,
    });
  expect(await at(1)).toMatchObject({
    status: 'RETRIABLE',
    error: 'Broken',
    cause: 'why',
    inspectionData: { errorDetails: { retryIndex: 1, retryBackoffIntervalSeconds: 6 } },
  });
  expect(await at(2)).toMatchObject({
    status: 'CAUGHT_ERROR',
    error: 'Broken',
    output: '{"id":1,"error":{"Error":"Broken","Cause":"why"}}',
    nextState: 'Help',
    inspectionData: { errorDetails: { retryIndex: 1, catchIndex: 0 } },
  });
});

test('an error that nothing takes is FAILED; so is an evaluation, in its own words', async () => {
  expect(await ask(task, { input: '{"id":1}', ...failing })).toEqual({
    status: 'FAILED',
    error: 'Broken',
    cause: 'why',
  });
  expect(await ask(task, { input: '{}', ...mocked(1) })).toEqual({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "The JSONPath '$.id' specified for the field 'id.$' could not be found in the input '{}'",
  });
});

test('a Wait state does not wait, and says if its time is wrong', async () => {
  expect(await ask({ Type: 'Wait', Seconds: 86_400, End: true })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await ask({ Type: 'Wait', SecondsPath: '$.n', End: true }, { input: '{"n":-1}' })).toMatchObject({
    status: 'FAILED',
    cause: 'The SecondsPath parameter references a negative value: $.n == -1',
  });
});

test('a context object can be given, with the token of a task that waits', async () => {
  const state = {
    ...task,
    Resource: `${task.Resource}.waitForTaskToken`,
    Parameters: { 't.$': '$$.Task.Token' },
  };
  const context = JSON.stringify({ Task: { Token: 'abc' } });
  expect(await ask(state, { context, inspectionLevel: 'DEBUG', ...mocked(1) })).toMatchObject({
    status: 'SUCCEEDED',
    inspectionData: { afterParameters: '{"t":"abc"}' },
  });
});

test.each<[string, JsonObject, Partial<TestStateRequest>, string]>([
  ['a definition that is none', { Type: 'Pase' }, {}, "The field 'Type' should have one of these values"],
  [
    'a mock for a Pass state',
    { Type: 'Pass', End: true },
    mocked(1),
    "State type 'Pass' is not supported when a mock",
  ],
  [
    'both a result and an error',
    task,
    { mock: { result: '1', errorOutput: {} } },
    'only one of the following fields',
  ],
  ['a mock that is not JSON', task, { mock: { result: '{' } }, 'Mocked result must be valid JSON'],
  ['an input that is not JSON', { Type: 'Pass', End: true }, { input: '{' }, 'The input has to be JSON'],
  [
    'a Map state without a mock',
    { Type: 'Map', ItemProcessor: { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, End: true },
    {},
    'does not support Map or Parallel states',
  ],
  [
    'as many results as branches',
    { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }], End: true },
    mocked([1, 2]),
    'the same number of items as number of Parallel branches',
  ],
  [
    'a call to wait for, without a mock',
    { ...task, Resource: `${task.Resource}.sync` },
    { roleArn: 'r' },
    'needs a mock',
  ],
  ['a context with Map', task, { context: '{"Map":{}}', ...mocked(1) }, "'Map' field is not supported"],
  [
    'a context with a made-up field',
    task,
    { context: '{"Order":{}}', ...mocked(1) },
    "Field 'Order' is not allowed",
  ],
  [
    'a context of other types',
    task,
    { context: '{"State":{"Name":1}}', ...mocked(1) },
    'State.Name must be a string',
  ],
  [
    'a token for a task without',
    task,
    { context: '{"Task":{"Token":"a"}}', ...mocked(1) },
    "contains 'Task' when state",
  ],
])('%s is refused', async (_, state, request, message) => {
  await expect(ask(state, request)).rejects.toThrow(message);
});

test('a mocked result is checked by whoever knows the service, unless the test says that it may be anything', async () => {
  const asked: unknown[] = [];
  const { host } = createWorld({});
  const checking: TestStateHost = {
    ...host,
    misfitOf(resource, result, mode) {
      asked.push([resource.arn, result, mode]);
      return "Field 'StatusCode' must be a number";
    },
  };
  const request = { definition: JSON.stringify(task), input: '{"id":1}' };
  const mock = { result: '{"StatusCode":"200"}' };
  await expect(testState({ ...request, mock }, identity, checking)).rejects.toMatchObject({
    code: 'ValidationException',
    message: "Mock result schema validation error: Field 'StatusCode' must be a number",
  });
  expect(asked).toEqual([[task.Resource, { StatusCode: '200' }, 'STRICT']]);
  const loose = { ...mock, fieldValidationMode: 'NONE' } as const;
  expect(await testState({ ...request, mock: loose }, identity, checking)).toMatchObject({
    status: 'SUCCEEDED',
  });
  const error = { errorOutput: { error: 'Broken' } };
  expect(await testState({ ...request, mock: error }, identity, checking)).toMatchObject({ error: 'Broken' });
});
