import { afterAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import { arnOf, makePlan } from '../testing.ts';
import { Trace } from '../trace.ts';
import { createTables } from './table.ts';

const trace = new Trace();
const plan = makePlan({
  aws_dynamodb_table: {
    t: { name: 'OrderDetails', hash_key: 'orderId', attribute: [{ name: 'orderId', type: 'S' }] },
    ranged: {
      name: 'Ranged',
      hash_key: 'a',
      range_key: 'b',
      attribute: [
        { name: 'a', type: 'S' },
        { name: 'b', type: 'N' },
      ],
    },
    single: { name: 'Single', hash_key: 'a', attribute: { name: 'a', type: 'S' } },
  },
});
const tables = await createTables(plan, trace);
afterAll(() => tables.close());

const anyone = () => {};
/** Sends an operation as an SDK would; `input` that is text goes as it is. */
async function send(
  operation: string,
  input: JsonObject | string,
  {
    authorize = anyone,
    flowId,
    headers = {},
  }: { authorize?: (...what: string[]) => void; flowId?: string; headers?: Record<string, string> } = {},
) {
  const request = {
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
      ...headers,
    },
    body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
  };
  const { status, body, headers: answered } = await tables.handle(operation, request, authorize, flowId);
  return { status, headers: answered, output: JSON.parse(body.toString()) as JsonObject };
}
/** The steps that something adds to a flow of its own. */
async function stepsOf(work: (flowId: string) => Promise<unknown>) {
  const flowId = trace.newFlow();
  trace.link(flowId, flowId);
  await work(flowId);
  return trace.order(flowId)?.steps.map(({ atMs: _, ...step }) => step);
}
const item = (orderId: string, more: JsonObject = {}): JsonObject => ({ orderId: { S: orderId }, ...more });
const put = (Item: JsonObject, more: JsonObject = {}): JsonObject => ({
  TableName: 'OrderDetails',
  Item,
  ...more,
});
const key = (orderId: string): JsonObject => ({ TableName: 'OrderDetails', Key: item(orderId) });
const once = { ConditionExpression: 'attribute_not_exists(orderId)' };

describe('a table', () => {
  test('is there from the start, with the keys of the stack', async () => {
    expect((await send('ListTables', {})).output).toEqual({
      TableNames: ['OrderDetails', 'Ranged', 'Single'],
    });
    const { output } = await send('DescribeTable', { TableName: 'Ranged' });
    expect(output.Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'a', KeyType: 'HASH' },
        { AttributeName: 'b', KeyType: 'RANGE' },
      ],
    });
  });

  test('gives what was put into it, and nothing for another key', async () => {
    const row = item('get', { value: { N: '300' } });
    expect(await send('PutItem', put(row))).toMatchObject({ status: 200, output: {} });
    expect(await send('GetItem', key('get'))).toMatchObject({ status: 200, output: { Item: row } });
    expect((await send('GetItem', key('other'))).output).toEqual({});
  });

  test('takes a conditional put once', async () => {
    expect((await send('PutItem', put(item('once'), once))).status).toBe(200);
    expect(await send('PutItem', put(item('once', { a: { S: 'b' } }), once))).toMatchObject({
      status: 400,
      output: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
    });
    expect((await send('GetItem', key('once'))).output).toEqual({ Item: item('once') });
  });

  test("answers with DynamoDB's headers", async () => {
    const { headers } = await send('ListTables', {});
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': expect.any(String),
      'x-amz-crc32': expect.stringMatching(/^\d+$/),
    });
  });

  test('that is not there is not found', async () => {
    expect(await send('PutItem', { TableName: 'Nope', Item: item('a') })).toMatchObject({
      status: 400,
      output: { __type: expect.stringContaining('ResourceNotFoundException') },
    });
  });

  test.each<[string, string, string, string]>([
    ['is no JSON', 'PutItem', '{', 'SerializationException'],
    ['is empty', 'PutItem', '', 'SerializationException'],
    ['is null', 'PutItem', 'null', 'SerializationException'],
    ['is a list', 'ListTables', '[]', 'SerializationException'],
    ['has null for a value', 'PutItem', JSON.stringify(put({ orderId: null })), 'SerializationException'],
    [
      'has null in a batch',
      'BatchWriteItem',
      '{"RequestItems":{"OrderDetails":[null]}}',
      'SerializationException',
    ],
    ['lacks the key', 'PutItem', JSON.stringify(put({ a: { S: 'b' } })), 'ValidationException'],
  ])('refuses a request whose body %s, and serves the next one', async (_, operation, body, type) => {
    expect(await send(operation, body)).toMatchObject({
      status: 400,
      output: { __type: expect.stringContaining(type) },
    });
    expect((await send('ListTables', {})).status).toBe(200);
  });

  test.each(['Nope', 'constructor', 'TagResource', 'CreateTable', ''])(
    'refuses the operation %s by name',
    async (name) => {
      await expect(send(name, '{}')).rejects.toMatchObject({
        name: 'UnknownOperationException',
        message: expect.stringContaining(`doesn't know ${name}. It knows PutItem`),
      });
    },
  );

  test('refuses a request that is not signed', async () => {
    expect(await send('ListTables', {}, { headers: { authorization: '' } })).toMatchObject({
      status: 400,
      output: { __type: expect.stringContaining('MissingAuthenticationToken') },
    });
  });

  test('that can not be made stops the start, with its address', async () => {
    const broken = makePlan({ aws_dynamodb_table: { t: { name: 'Abc', hash_key: 'a' } } });
    await expect(createTables(broken, trace)).rejects.toThrow(
      /^aws_dynamodb_table\.t: .*ValidationException/,
    );
  });
});

describe('a permission', () => {
  const request = (name: string) => [
    { PutRequest: { Item: name === 'Ranged' ? { a: { S: 'x' }, b: { N: '1' } } : item('x') } },
  ];
  test.each<[string, string, JsonObject, string[]]>([
    ['of a put', 'PutItem', put(item('a')), ['OrderDetails']],
    ['of a get', 'GetItem', key('a'), ['OrderDetails']],
    [
      'of each table of a batch',
      'BatchWriteItem',
      { RequestItems: { OrderDetails: request('OrderDetails'), Ranged: request('Ranged') } },
      ['OrderDetails', 'Ranged'],
    ],
    ['of a table that is not there', 'GetItem', { TableName: 'Nope', Key: item('a') }, ['Nope']],
  ])('%s is asked for by action and ARN', async (_, operation, input, names) => {
    const asked: string[][] = [];
    await send(operation, input, { authorize: (...what) => asked.push(what) });
    expect(asked).toEqual(names.map((name) => [`dynamodb:${operation}`, arnOf('dynamodb', `table/${name}`)]));
  });

  test('that is refused keeps the request from the table', async () => {
    const authorize = () => {
      throw new Error('denied');
    };
    const steps = await stepsOf((flowId) =>
      expect(send('PutItem', put(item('denied')), { authorize, flowId })).rejects.toThrow('denied'),
    );
    expect(steps).toEqual([]);
    expect((await send('GetItem', key('denied'))).output).toEqual({});
  });
});

describe('a write', () => {
  test('is a step of its flow, its values plain', async () => {
    const row = item('step', {
      value: { N: '1.5' },
      on: { BOOL: true },
      none: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { deep: { M: { n: { N: '2' } } } } },
      numbers: { NS: ['3'] },
    });
    const steps = await stepsOf((flowId) => send('PutItem', put(row), { flowId }));
    const plainRow = {
      orderId: 'step',
      value: 1.5,
      on: true,
      none: null,
      list: ['a', 1],
      map: { deep: { n: 2 } },
      numbers: [3],
    };
    expect(steps).toEqual([{ kind: 'write', table: 'OrderDetails', operation: 'PutItem', item: plainRow }]);
  });

  test('of a key alone has the key', async () => {
    const steps = await stepsOf((flowId) => send('DeleteItem', key('gone'), { flowId }));
    expect(steps).toMatchObject([{ operation: 'DeleteItem', item: { orderId: 'gone' } }]);
  });

  test('that fails is no step, and neither is a read', async () => {
    await send('PutItem', put(item('there')));
    const steps = await stepsOf(async (flowId) => {
      await send('PutItem', put(item('there'), once), { flowId });
      await send('GetItem', key('there'), { flowId });
    });
    expect(steps).toEqual([]);
  });
});

test('two systems have tables of their own', async () => {
  await send('PutItem', put(item('mine')));
  const others = await createTables(plan, trace);
  const request = {
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=x',
    },
    body: Buffer.from(JSON.stringify(key('mine'))),
  };
  const { body } = await others.handle('GetItem', request, anyone, undefined);
  await others.close();
  expect(body.toString()).toBe('{}');
});
