import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDispatch } from '../../aws.ts';
import type { JsonValue } from '../../json.ts';
import { type LocalServer, listen } from '../../server.ts';
import { shown } from '../../shown-by.ts';
import { arnOf, makeContext, makeIam, sdkConfig, type TestContext } from '../../testing.ts';
import type { AsynchronousInvocation, AsynchronousInvocations } from './asynchronous.ts';
import { createConcurrency } from './concurrency.ts';
import { FunctionError } from './function-error.ts';
import { createLambdaApi } from './lambda-api.ts';
import { lambdaOperations } from './lambda-operations.ts';

/** Lambda as a client finds it: the AWS SDK before the server, and a function `f` that gives its payload back. */
let server: LocalServer;
let lambda: LambdaClient;
let context: TestContext;
let begun: AsynchronousInvocation[];
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  begun = [];
  serve();
  lambda = new LambdaClient(sdkConfig(server));
});
afterEach(async () => {
  lambda.destroy();
  await server.close();
});

function serve(iam = makeIam()): void {
  context = makeContext({ iam });
  const f = {
    name: 'f',
    arn: arnOf('lambda', 'function:f'),
    invokeArn: 'arn:invoke',
    roleArn: 'arn:role',
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    memoryMb: 256,
    timeoutMs: 15_000,
    variables: { A: 'b' },
    logGroup: '/aws/lambda/f',
    logGroupArn: 'arn:log-group',
    isTraced: true,
    logFormat: 'JSON',
    codeSha256: 'hash=',
    codeSize: 3,
    dir: '/code',
    unpack: () => '/code',
    async invoke(payload: unknown) {
      if (payload === 'fail') throw new FunctionError('OutOfStock', 'none left', ['OutOfStock: none left']);
      return payload;
    },
  };
  const asynchronously: Pick<AsynchronousInvocations, 'begin'> = {
    begin: (invocation) => void begun.push(invocation),
  };
  const dispatch = createDispatch(
    [shown(lambdaOperations([f], asynchronously, createConcurrency(context), context))],
    iam,
  );
  server.serve([createLambdaApi({ dispatch, iam, trace: context.trace })], []);
}
const invoke = async (payload?: JsonValue, more: Partial<InvokeCommandInput> = {}) => {
  const Payload = payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
  const output = await lambda.send(
    new InvokeCommand({ FunctionName: 'f', ...(Payload && { Payload }), ...more }),
  );
  const text = Buffer.from(output.Payload ?? []).toString();
  return { ...output, Payload: text === '' ? undefined : (JSON.parse(text) as JsonValue) };
};

describe('an invocation', () => {
  test('gives what the function gives', async () => {
    expect(await invoke({ a: 1 })).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: { a: 1 },
    });
  });

  test('without a payload has an empty object for one', async () => {
    expect((await invoke()).Payload).toEqual({});
  });

  test('has null for the payload null', async () => {
    expect((await invoke(null)).Payload).toBeNull();
    await invoke(null, { InvocationType: 'Event' });
    expect(begun.at(-1)).toMatchObject({ payload: null });
  });

  test.each([
    'f',
    arnOf('lambda', 'function:f'),
    '000000000000:function:f',
    'function:f',
    'f:$LATEST',
    arnOf('lambda', 'function:f:$LATEST'),
  ])('finds its function by %s', async (FunctionName) => {
    expect((await invoke('found', { FunctionName })).Payload).toBe('found');
  });

  test('whose function fails says so, with the error as the payload', async () => {
    expect(await invoke('fail')).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      Payload: { errorType: 'OutOfStock', errorMessage: 'none left', trace: ['OutOfStock: none left'] },
    });
  });

  test('of type Event is answered before it runs', async () => {
    expect(await invoke({ a: 1 }, { InvocationType: 'Event' })).toMatchObject({
      StatusCode: 202,
      Payload: undefined,
    });
    expect(begun).toEqual([
      { functionArn: arnOf('lambda', 'function:f'), requestId: expect.any(String), payload: { a: 1 } },
    ]);
  });

  test('takes 1 MiB asynchronously, and 6 MiB otherwise', async () => {
    const bytes = (count: number) => 'x'.repeat(count - 2);
    expect((await invoke(bytes(1_048_576), { InvocationType: 'Event' })).StatusCode).toBe(202);
    await expect(invoke(bytes(1_048_577), { InvocationType: 'Event' })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      message: expect.stringContaining('(limit 1048576 bytes)'),
    });
    expect((await invoke(bytes(6_291_456))).StatusCode).toBe(200);
    await expect(invoke(bytes(6_291_457))).rejects.toThrow('(limit 6291456 bytes)');
  });

  test('of type DryRun runs nothing', async () => {
    expect((await invoke('fail', { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });

  test.each<[string, Partial<InvokeCommandInput>, string]>([
    ['of a function that the stack does not have', { FunctionName: 'g' }, 'ResourceNotFoundException'],
    ['of another version', { Qualifier: '7' }, 'InvalidParameterValueException'],
    ['with a payload that is no JSON', { Payload: Buffer.from('{') }, 'InvalidRequestContentException'],
  ])('%s is refused', async (_, more, name) => {
    await expect(invoke('x', more)).rejects.toMatchObject({ name });
  });

  test.each<[string, Partial<InvokeCommandInput>, string]>([
    ['', {}, ''],
    [' of the version that its name says', { FunctionName: 'f:$LATEST' }, ':$LATEST'],
    [' of the version that it asks for', { Qualifier: '$LATEST' }, ':$LATEST'],
  ])('needs the permission lambda:InvokeFunction%s', async (_, more, version) => {
    const iam = makeIam('lambda:InvokeFunction');
    serve(iam);
    const credentials = { accessKeyId: iam.openSession('arn:role'), secretAccessKey: 'x' };
    const role = new LambdaClient({ ...sdkConfig(server), credentials });
    await expect(role.send(new InvokeCommand({ FunctionName: 'f', ...more }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `denied: arn:role lambda:InvokeFunction ${arnOf('lambda', `function:f${version}`)}`,
      $metadata: { httpStatusCode: 403 },
    });
    role.destroy();
  });
});

test('ListFunctions and GetFunction tell the configuration that the stack gives', async () => {
  const configuration = {
    FunctionName: 'f',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    MemorySize: 256,
    Timeout: 15,
    Environment: { Variables: { A: 'b' } },
    CodeSha256: 'hash=',
    CodeSize: 3,
  };
  const { Functions } = await lambda.send(new ListFunctionsCommand({}));
  expect(Functions).toMatchObject([configuration]);
  const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'f' }));
  expect(Configuration).toMatchObject(configuration);
  expect(Code).toEqual({ RepositoryType: 'local', Location: '/code' });
});

test('the version $LATEST is the one that there is', async () => {
  const latest = { FunctionName: 'f', Qualifier: '$LATEST' };
  expect((await lambda.send(new GetFunctionCommand(latest))).Configuration?.FunctionName).toBe('f');
  expect((await lambda.send(new InvokeCommand(latest))).StatusCode).toBe(200);
  await expect(lambda.send(new InvokeCommand({ ...latest, Qualifier: '7' }))).rejects.toThrow('$LATEST');
});

test('another operation is refused by its method and path', async () => {
  const response = await fetch(`${server.endpoint}/2015-03-31/functions/f/policy`);
  expect([response.status, await response.json()]).toEqual([
    400,
    expect.objectContaining({ message: expect.stringContaining('GET /2015-03-31/functions/f/policy') }),
  ]);
});

test('the path says which function is meant, whatever else is in the address', async () => {
  const get = (path: string) => fetch(`${server.endpoint}/2015-03-31/functions/${path}`);
  expect((await get('f?FunctionName=g')).status).toBe(200);
  expect((await get('%')).status).toBe(404);
});

test('a request to another path is left to others', async () => {
  expect((await fetch(`${server.endpoint}/2015-03-31/layers`)).status).toBe(404);
});

describe('reserved concurrency', () => {
  const FunctionName = 'f';
  const reserve = (ReservedConcurrentExecutions: number) =>
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
  const reserved = async () =>
    (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
  const limits = async () => (await lambda.send(new GetAccountSettingsCommand({}))).AccountLimit;

  test('is taken from that of the account, and given back', async () => {
    expect(await limits()).toEqual({ ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 });
    expect(await reserve(300)).toMatchObject({ ReservedConcurrentExecutions: 300 });
    expect(await reserved()).toBe(300);
    expect((await lambda.send(new GetFunctionCommand({ FunctionName }))).Concurrency).toEqual({
      ReservedConcurrentExecutions: 300,
    });
    expect(await limits()).toMatchObject({ UnreservedConcurrentExecutions: 700 });
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    expect([await reserved(), (await limits())?.UnreservedConcurrentExecutions]).toEqual([undefined, 1_000]);
  });

  test('of a function that is unknown, too much, or no number is refused', async () => {
    const unknown = new PutFunctionConcurrencyCommand({ FunctionName: 'g', ReservedConcurrentExecutions: 1 });
    await expect(lambda.send(unknown)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('The stack has f'),
    });
    await expect(reserve(901)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(reserve(-1)).rejects.toThrow(
      /ReservedConcurrentExecutions is -1; allowed is a whole number from 0/,
    );
  });
});
