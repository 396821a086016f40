import { describe, expect, test } from '@jest/globals';
import { parseTaskResource } from '@orders/states-language';
import { createDispatch } from '../../aws.ts';
import { AwsError } from '../../aws-error.ts';
import { createCallAws } from '../../call-aws.ts';
import type { CallAws } from '../../context.ts';
import { AccessDeniedError } from '../../iam.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { arnOf, makeContext, makeIam, makePlan } from '../../testing.ts';
import { createEventBuses } from '../event-bus/event-bus.ts';
import { createCallResource } from './call-task.ts';

const caller = {
  executionArn: 'arn:execution',
  stateMachineArn: 'arn:machine',
  roleArn: 'arn:role',
  flowId: 'flow',
};
const functionArn = arnOf('lambda', 'function:f');

/**
 * Calls what a Task calls.
 *
 * @param name a function's ARN, or what follows `arn:aws:states:::`
 * @param outcome what the operation answers, or throws
 */
function call(name: string, parameters: JsonValue, outcome: () => JsonObject = () => ({})) {
  const calls: Parameters<CallAws>[] = [];
  const context = makeContext({
    callAws: async (...what) => {
      calls.push(what);
      return outcome();
    },
  });
  const resource = parseTaskResource(name.startsWith('arn:') ? name : `arn:aws:states:::${name}`);
  return { calls, result: createCallResource(context)(resource, parameters, caller) };
}
const failing =
  (name: string, message = 'no', status = 400, queryCode?: string) =>
  () => {
    throw new AwsError(name, message, queryCode, status);
  };
const metadata = {
  SdkHttpMetadata: {
    HttpStatusCode: 200,
    HttpHeaders: { 'x-amzn-RequestId': expect.any(String), Date: expect.stringContaining('GMT') },
    AllHttpHeaders: { 'x-amzn-RequestId': [expect.any(String)], Date: [expect.any(String)] },
  },
  SdkResponseMetadata: { RequestId: expect.any(String) },
};

const Key = { id: { S: 'a' } };
const Item = { id: { S: 'a' } };
const row = { TableName: 'Things', Key };

describe('a call', () => {
  test.each<[string, JsonObject, string, JsonObject]>([
    ['dynamodb:getItem', row, 'DynamoDB_20120810.GetItem', { Item }],
    ['dynamodb:putItem', { TableName: 'Things', Item }, 'DynamoDB_20120810.PutItem', {}],
    ['dynamodb:updateItem', row, 'DynamoDB_20120810.UpdateItem', { Attributes: Item }],
    ['dynamodb:deleteItem', row, 'DynamoDB_20120810.DeleteItem', {}],
    ['sqs:sendMessage', { QueueUrl: 'q', MessageBody: 'm' }, 'AmazonSQS.SendMessage', { MessageId: 'i' }],
    ['lambda:invoke', { FunctionName: 'f' }, 'AWSLambda.Invoke', { StatusCode: 200, Payload: { a: 1 } }],
  ])(
    'of %s is made in the role of the workflow, and its result has the SDK’s metadata',
    async (name, given, target, answer) => {
      const { calls, result } = call(name, given, () => answer);
      expect(await result).toEqual({ ...answer, ...metadata });
      expect(calls).toEqual([[target, given, { roleArn: 'arn:role', flowId: 'flow' }]]);
    },
  );

  test.each<[string, JsonObject, string, JsonObject, JsonObject]>([
    ['dynamodb:getItem', row, 'DynamoDB_20120810.GetItem', { Item }, { Item }],
    ['dynamodb:query', { TableName: 'Things' }, 'DynamoDB_20120810.Query', { Count: 0 }, { Count: 0 }],
    [
      'sqs:sendMessage',
      { QueueUrl: 'q', MessageBody: 'm' },
      'AmazonSQS.SendMessage',
      { MessageId: 'i', MD5OfMessageBody: 'x' },
      { MessageId: 'i', Md5OfMessageBody: 'x' },
    ],
    [
      'lambda:invoke',
      { FunctionName: 'f', Payload: { b: 2 } },
      'AWSLambda.Invoke',
      { StatusCode: 200, Payload: { a: 1 } },
      { StatusCode: 200, Payload: '{"a":1}' },
    ],
    [
      'eventbridge:putEvents',
      { Entries: [{ Detail: '{}' }] },
      'AWSEvents.PutEvents',
      { FailedEntryCount: 1 },
      { FailedEntryCount: 1 },
    ],
  ])(
    'of aws-sdk:%s has the form of the SDK, without metadata',
    async (name, given, target, answer, result) => {
      const made = call(`aws-sdk:${name}`, given, () => answer);
      expect(await made.result).toEqual(result);
      expect(made.calls).toEqual([[target, given, { roleArn: 'arn:role', flowId: 'flow' }]]);
    },
  );

  test('of a function by its ARN sends the parameters as the payload, and gives the payload', async () => {
    const { calls, result } = call(functionArn, 'some text', () => ({ StatusCode: 200, Payload: [1] }));
    expect(await result).toEqual([1]);
    expect(calls[0]?.slice(0, 2)).toEqual([
      'AWSLambda.Invoke',
      { FunctionName: functionArn, Payload: 'some text' },
    ]);
  });

  test('sends an object as JSON where the service takes text', async () => {
    const { calls } = call('sqs:sendMessage', { QueueUrl: 'q', MessageBody: { token: 't' } });
    expect(calls[0]?.[1]).toEqual({ QueueUrl: 'q', MessageBody: '{"token":"t"}' });
  });

  test('with a number where the service takes text ends the execution, in AWS’s words', async () => {
    const { calls, result } = call('sqs:sendMessage', { QueueUrl: 'q', MessageBody: 7 });
    await expect(result).rejects.toThrow(
      `The Parameters '{"QueueUrl":"q","MessageBody":7}' could not be used to start the Task: ` +
        "[The value for the field 'MessageBody' must be a STRING]",
    );
    expect(calls).toEqual([]);
  });

  test('of a function with a payload that is text sends it as the JSON that it is', async () => {
    expect(call('lambda:invoke', { FunctionName: 'f', Payload: '{"a":1}' }).calls[0]?.[1]).toEqual({
      FunctionName: 'f',
      Payload: { a: 1 },
    });
    await expect(call('lambda:invoke', { FunctionName: 'f', Payload: '{' }).result).rejects.toMatchObject({
      error: 'Lambda.InvalidRequestContentException',
    });
  });

  test('that fails by a fault of the local run is no error of a service', async () => {
    const fault = () => {
      throw new RangeError('a fault');
    };
    await expect(call('sqs:sendMessage', {}, fault).result).rejects.toThrow(RangeError);
  });
});

describe('a function that fails', () => {
  const Payload = { errorType: 'OutOfStock', errorMessage: 'none left', trace: ['OutOfStock: none left'] };
  const answer = { StatusCode: 200, FunctionError: 'Unhandled', Payload };

  test.each(['lambda:invoke', functionArn])('fails the task with its own error: %s', async (name) => {
    await expect(call(name, { FunctionName: 'f' }, () => answer).result).rejects.toMatchObject({
      error: 'OutOfStock',
      cause: JSON.stringify(Payload),
    });
  });

  test('without a type of error fails it with Lambda.Unknown', async () => {
    const unnamed = { ...answer, Payload: { errorMessage: 'x' } };
    await expect(call(functionArn, {}, () => unnamed).result).rejects.toMatchObject({
      error: 'Lambda.Unknown',
      cause: expect.stringContaining('Returned payload: {"errorMessage":"x"}'),
    });
  });

  test('doesn’t fail the task of the SDK', async () => {
    expect(await call('aws-sdk:lambda:invoke', { FunctionName: 'f' }, () => answer).result).toEqual({
      ...answer,
      Payload: JSON.stringify(Payload),
    });
  });
});

describe('an error of a service', () => {
  test.each<[string, () => JsonObject, string]>([
    [
      'dynamodb:putItem',
      failing('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'),
      'DynamoDB.ConditionalCheckFailedException',
    ],
    [
      'aws-sdk:dynamodb:putItem',
      failing('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'),
      'DynamoDb.ConditionalCheckFailedException',
    ],
    ['dynamodb:putItem', failing('ValidationException'), 'DynamoDB.AmazonDynamoDBException'],
    ['aws-sdk:dynamodb:query', failing('ValidationException'), 'DynamoDb.DynamoDbException'],
    ['lambda:invoke', failing('TooManyRequestsException'), 'Lambda.TooManyRequestsException'],
    [functionArn, failing('TooManyRequestsException'), 'Lambda.TooManyRequestsException'],
    ['lambda:invoke', failing('AccessDeniedException'), 'Lambda.AWSLambdaException'],
    [functionArn, failing('AccessDeniedException'), 'Lambda.AWSLambdaException'],
    ['aws-sdk:lambda:invoke', failing('AccessDeniedException'), 'Lambda.LambdaException'],
    ['sqs:sendMessage', failing('com.amazonaws.sqs#QueueDoesNotExist'), 'SQS.QueueDoesNotExistException'],
    ['sqs:sendMessage', failing('AccessDeniedException'), 'SQS.AmazonSQSException'],
    [
      'aws-sdk:sqs:sendMessage',
      failing('com.amazonaws.sqs#QueueDoesNotExist'),
      'Sqs.QueueDoesNotExistException',
    ],
    ['aws-sdk:sqs:sendMessage', failing('AccessDeniedException'), 'Sqs.SqsException'],
    ['events:putEvents', failing('AccessDeniedException'), 'EventBridge.EventBridgeException'],
    ['aws-sdk:eventbridge:putEvents', failing('InternalException'), 'EventBridge.InternalException'],
  ])('of %s is named as AWS names it', async (name, outcome, error) => {
    await expect(call(name, { FunctionName: 'f' }, outcome).result).rejects.toMatchObject({ error });
  });

  test('has the cause that AWS gives, which differs between the two SDKs', async () => {
    const [row, missing] = [
      failing('x#ResourceNotFoundException', 'Requested resource not found'),
      failing('MissingRequiredParameterException', 'No body.', 400, 'MissingParameter'),
    ];
    await expect(call('dynamodb:putItem', {}, row).result).rejects.toMatchObject({
      cause: expect.stringMatching(
        /^Requested resource not found \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: [\w-]+; Proxy: null\)$/,
      ),
    });
    await expect(call('aws-sdk:dynamodb:putItem', {}, row).result).rejects.toMatchObject({
      cause: expect.stringMatching(
        /^Requested resource not found \(Service: DynamoDb, Status Code: 400, Request ID: [\w-]+\) \(SDK Attempt Count: 1\)$/,
      ),
    });
    await expect(call('sqs:sendMessage', {}, missing).result).rejects.toMatchObject({
      cause: expect.stringContaining('(Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; '),
    });
  });

  test('of Lambda has the status that Lambda answers', async () => {
    const denied = () => {
      throw new AccessDeniedError('not you', 'lambda:InvokeFunction');
    };
    await expect(call('lambda:invoke', {}, denied).result).rejects.toMatchObject({
      cause: expect.stringContaining('Status Code: 403; Error Code: AccessDeniedException'),
    });
  });
});

describe('events:putEvents', () => {
  const entry = { EventBusName: 'Orders', Source: 's', DetailType: 'T' };
  const ok = { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };

  test('puts entries whose detail is an object, and adds the execution to their resources', async () => {
    const { calls, result } = call(
      'events:putEvents',
      { Entries: [{ ...entry, Detail: { a: 1 } }] },
      () => ok,
    );
    await expect(result).resolves.toEqual(ok);
    const Entries = [{ ...entry, Detail: '{"a":1}', Resources: ['arn:execution', 'arn:machine'] }];
    expect(calls).toEqual([['AWSEvents.PutEvents', { Entries }, { roleArn: 'arn:role', flowId: 'flow' }]]);
  });

  test('takes a detail that is text as it is, and keeps the resources of the entry', async () => {
    const { calls } = call(
      'events:putEvents',
      { Entries: [{ ...entry, Detail: '{"b": 2}', Resources: ['arn:own'] }] },
      () => ok,
    );
    expect(calls[0]?.[1]).toEqual({
      Entries: [{ ...entry, Detail: '{"b": 2}', Resources: ['arn:own', 'arn:execution', 'arn:machine'] }],
    });
  });

  test('fails with EventBridge.FailedEntry when one entry fails', async () => {
    const failed = { FailedEntryCount: 1, Entries: [{ EventId: 'e' }] };
    const { result } = call('events:putEvents', { Entries: [{ ...entry, Detail: {} }] }, () => failed);
    await expect(result).rejects.toMatchObject({
      error: 'EventBridge.FailedEntry',
      cause: JSON.stringify(failed),
    });
  });
});

describe('events:putEvents before a bus', () => {
  const entry = { EventBusName: 'Orders', Source: 's', DetailType: 'T' };
  const makeBus = (...denied: string[]) => {
    const context = makeContext({ iam: makeIam(...denied) });
    const { operations } = createEventBuses(
      makePlan({ aws_cloudwatch_event_bus: { b: { name: 'Orders' } } }),
      context,
      { targets: [], findQueue: () => undefined },
    );
    const events: object[] = [];
    context.trace.subscribe((traced) => {
      if (traced.type === 'begun' && traced.activity.kind === 'event') events.push(traced.activity.event);
    });
    const callAws = createCallAws(
      Promise.resolve(createDispatch(operations ? [operations] : [], context.iam)),
    );
    const resource = parseTaskResource('arn:aws:states:::events:putEvents');
    const put = (parameters: JsonObject) =>
      createCallResource({ ...context, callAws })(resource, parameters, caller);
    return { put, events };
  };

  test('publishes the entries, with the ARNs of the execution and its state machine', async () => {
    const { put, events } = makeBus();
    await expect(put({ Entries: [{ ...entry, Detail: { a: 1 } }] })).resolves.toMatchObject({
      FailedEntryCount: 0,
    });
    expect(events).toEqual([
      expect.objectContaining({ detail: { a: 1 }, resources: ['arn:execution', 'arn:machine'] }),
    ]);
  });

  test.each<[string, JsonObject]>([
    ['no entries', { Entries: [] }],
    ['no Entries at all', {}],
    ['something else for entries', { Entries: 'x' }],
    ['something else for an entry', { Entries: ['x'] }],
    ['eleven entries', { Entries: Array.from({ length: 11 }, () => ({ ...entry, Detail: {} })) }],
    ['more than 1 MiB', { Entries: [{ ...entry, Detail: { a: 'x'.repeat(1024 * 1024) } }] }],
    [
      'a parameter that the local run does not know',
      { Entries: [{ ...entry, Detail: {} }], EndpointId: 'a.b' },
    ],
  ])('fails for %s, as PutEvents refuses the whole request', async (_, parameters) => {
    const { put, events } = makeBus();
    await expect(put(parameters)).rejects.toMatchObject({ error: 'EventBridge.EventBridgeException' });
    expect(events).toEqual([]);
  });

  test("publishes nothing without the permission of the state machine's role", async () => {
    const { put, events } = makeBus('events:PutEvents');
    await expect(put({ Entries: [{ ...entry, Detail: {} }] })).rejects.toMatchObject({
      error: 'EventBridge.EventBridgeException',
      cause: expect.stringContaining(
        `denied: arn:role events:PutEvents ${arnOf('events', 'event-bus/Orders')} (Service: EventBridge, `,
      ),
    });
    expect(events).toEqual([]);
  });
});
