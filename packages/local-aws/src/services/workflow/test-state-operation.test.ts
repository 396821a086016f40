import { SFNClient, TestStateCommand, type TestStateInput } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TaskTokens } from '@orders/states-language';
import { AccessDeniedError, type Iam } from '../../iam.ts';
import type { JsonObject } from '../../json.ts';
import { type LocalServer, listen } from '../../server.ts';
import { makeContext, makeIam, makePlan, sdkConfig, serveAws } from '../../testing.ts';
import { createCallResource } from './call-task.ts';
import { stepFunctionsOperations } from './step-functions-operations.ts';

const charge = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'charge', 'Payload.$': '$' },
  ResultSelector: { 'paid.$': '$.Payload.paid' },
  Retry: [
    { ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 2 },
  ],
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Refund' }],
  Next: 'Ship',
};
const definition = JSON.stringify({
  StartAt: 'Charge',
  States: { Charge: charge, Ship: { Type: 'Succeed' }, Refund: { Type: 'Fail', Error: 'Unpaid' } },
});

let server: LocalServer;
let sfn: SFNClient;
/** What the state has called, and in which role. */
let calls: unknown[];
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  serve();
  sfn = new SFNClient({ ...sdkConfig(server), disableHostPrefix: true });
});
afterEach(async () => {
  sfn.destroy();
  await server.close();
});

function serve(iam: Iam = makeIam()): void {
  calls = [];
  const context = makeContext({
    iam,
    callAws: async (target, input, { roleArn }) => {
      calls.push([target, input, roleArn]);
      return { StatusCode: 200, Payload: { paid: true } };
    },
  });
  const account = { tokens: new TaskTokens(), callResource: createCallResource(context) };
  const operations = stepFunctionsOperations([], makePlan({}).place, account, context);
  serveAws(server, [{ operations }], context);
}
const ask = async (input: Partial<TestStateInput>) => {
  const { $metadata: _, ...answer } = await sfn.send(new TestStateCommand({ definition, ...input }));
  return answer;
};
const result = (value: JsonObject) => ({ result: JSON.stringify(value) });
const failing = (error: string) => ({ errorOutput: { error, cause: 'why' } });

test('a state is tested by its name in a whole definition, with a result in place of its call', async () => {
  const mock = result({ StatusCode: 200, Payload: { paid: 7 } });
  expect(await ask({ stateName: 'Charge', mock })).toEqual({
    status: 'SUCCEEDED',
    output: '{"paid":7}',
    nextState: 'Ship',
  });
  expect(calls).toEqual([]);
});

test('a state reads the variables and the context that it is given', async () => {
  const pass = { Type: 'Pass', Parameters: { 'rate.$': '$rate', 'by.$': '$$.Execution.Name' }, End: true };
  const answer = await ask({
    definition: JSON.stringify(pass),
    variables: '{"rate":2}',
    context: '{"Execution":{"Name":"one"}}',
  });
  expect(answer).toEqual({ status: 'SUCCEEDED', output: '{"rate":2,"by":"one"}' });
});

test('a mocked error is retried, with the pause that would come, until its retrier has no attempts left', async () => {
  const mock = failing('Lambda.TooManyRequestsException');
  const state = { stateName: 'Charge', mock, inspectionLevel: 'DEBUG' } as const;
  expect(await ask({ ...state, stateConfiguration: { retrierRetryCount: 1 } })).toMatchObject({
    status: 'RETRIABLE',
    error: 'Lambda.TooManyRequestsException',
    inspectionData: { errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 6 } },
  });
  expect(await ask({ ...state, stateConfiguration: { retrierRetryCount: 2 } })).toMatchObject({
    status: 'CAUGHT_ERROR',
    nextState: 'Refund',
    output: '{"error":{"Error":"Lambda.TooManyRequestsException","Cause":"why"}}',
  });
});

test('a state alone without a mock really calls, in the role that is given', async () => {
  const answer = await ask({
    definition: JSON.stringify(charge),
    roleArn: 'arn:role',
    input: '{"id":1}',
    inspectionLevel: 'TRACE',
  });
  expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '{"paid":true}' });
  expect(JSON.parse(answer.inspectionData?.afterParameters ?? '')).toEqual({
    FunctionName: 'charge',
    Payload: { id: 1 },
  });
  expect(calls).toEqual([['AWSLambda.Invoke', { FunctionName: 'charge', Payload: { id: 1 } }, 'arn:role']]);
});

test('without the role, or in one that Step Functions may not assume, it calls nothing', async () => {
  await expect(ask({ stateName: 'Charge' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'RoleArn must be specified when testing a Task state',
  });
  serve({
    ...makeIam(),
    authorizeService(...what) {
      throw new AccessDeniedError(`denied: ${what.join(' ')}`, 'sts:AssumeRole');
    },
  });
  await expect(ask({ stateName: 'Charge', roleArn: 'arn:role' })).rejects.toThrow(
    'denied: states.amazonaws.com sts:AssumeRole arn:role',
  );
  expect(calls).toEqual([]);
});

test('a mocked result that the service would not give is refused, unless the test says that it may be anything', async () => {
  const mock = result({ StatusCode: '200', Payload: { paid: 7 } });
  await expect(ask({ stateName: 'Charge', mock })).rejects.toMatchObject({
    name: 'ValidationException',
    message: "Mock result schema validation error: Field 'StatusCode' must be a number",
  });
  const loose = { ...mock, fieldValidationMode: 'NONE' } as const;
  expect(await ask({ stateName: 'Charge', mock: loose })).toMatchObject({ output: '{"paid":7}' });
});

test.each<[string, Partial<TestStateInput>, string, string]>([
  [
    'a definition that AWS refuses',
    { definition: '{"Type":"Pass"}' },
    'InvalidDefinition',
    'SCHEMA_VALIDATION',
  ],
  ['a state that is not there', { stateName: 'Nope' }, 'ValidationException', 'State not found'],
  [
    'an input that is no JSON',
    { stateName: 'Ship', input: '{' },
    'InvalidExecutionInput',
    'The input has to be JSON',
  ],
  [
    'a parameter that the local run does not know',
    { stateName: 'Charge', mock: failing('E'), stateConfiguration: { mapIterationFailureCount: 1 } },
    'ValidationException',
    "doesn't know the parameter mapIterationFailureCount",
  ],
])('%s is refused', async (_, input, name, message) => {
  await expect(ask(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test('a call that the local run does not know is tested with a mock, and fails without one', async () => {
  const state = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true };
  const definition = JSON.stringify(state);
  expect(await ask({ definition, mock: result({ MessageId: 'm' }) })).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"MessageId":"m"}',
  });
  expect(await ask({ definition, roleArn: 'arn:role' })).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "The local run doesn't know arn:aws:states:::sns:publish",
  });
});
