import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { AccessDeniedError } from '../../iam.ts';
import type { JsonObject } from '../../json.ts';
import { createDiskState } from '../../state/disk-state.ts';
import { arnOf, makeCaller, makeContext, makeIam, makePlan, someGrant, stepsOf } from '../../testing.ts';
import { createTables } from './tables.ts';

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
const context = makeContext();
const tables = await createTables(plan, context);
const call = makeCaller([tables], context);
afterAll(() => context.state.close());

const signed = (accessKeyId: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=x`;
/** Sends an operation as an SDK would; `input` that is text goes as it is. */
const send = (
  operation: string,
  input: JsonObject | string,
  {
    flowId,
    headers = {},
    by = call,
  }: { flowId?: string; headers?: Record<string, string>; by?: typeof call } = {},
) =>
  by(`DynamoDB_20120810.${operation}`, input, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    authorization: signed('local'),
    ...(flowId && { 'x-amzn-trace-id': `Root=${flowId}` }),
    ...headers,
  });
/** The steps that something adds to a flow of its own. */
async function stepsOfFlow(work: (flowId: string) => Promise<unknown>) {
  const flowId = context.trace.newFlow();
  await work(flowId);
  return stepsOf(context.trace, flowId).map(({ atMs: _, ...step }) => step);
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
      // Of the stack's region and account, whatever the environment of this process says.
      TableArn: arnOf('dynamodb', 'table/Ranged'),
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
    ['has a parameter that is unknown', 'PutItem', '{"Itme":{}}', 'ValidationException'],
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
      expect(await send(name, '{}')).toMatchObject({
        status: 400,
        output: {
          __type: 'UnknownOperationException',
          message: expect.stringContaining(
            `doesn't know DynamoDB_20120810.${name}. It knows DynamoDB_20120810.PutItem`,
          ),
        },
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
    await expect(createTables(broken, makeContext())).rejects.toThrow(
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
    const iam = makeIam();
    iam.authorizeRole = (_role, ...what) => {
      asked.push(what);
      return someGrant;
    };
    const by = makeCaller([tables], { ...context, iam });
    await send(operation, input, { by, headers: { authorization: signed(iam.openSession('arn:role')) } });
    expect(asked).toEqual(names.map((name) => [`dynamodb:${operation}`, arnOf('dynamodb', `table/${name}`)]));
  });

  test('that is refused keeps the request from the table', async () => {
    const iam = makeIam();
    iam.authorizeRole = () => {
      throw new AccessDeniedError('denied', 'dynamodb:PutItem');
    };
    const by = makeCaller([tables], { ...context, iam });
    const headers = { authorization: signed(iam.openSession('arn:role')) };
    const steps = await stepsOfFlow(async (flowId) =>
      expect(await send('PutItem', put(item('denied')), { by, headers, flowId })).toMatchObject({
        status: 400,
        output: { __type: 'AccessDeniedException' },
      }),
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
    const steps = await stepsOfFlow((flowId) => send('PutItem', put(row), { flowId }));
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
    const steps = await stepsOfFlow((flowId) => send('DeleteItem', key('gone'), { flowId }));
    expect(steps).toMatchObject([{ operation: 'DeleteItem', item: { orderId: 'gone' } }]);
  });

  test('that fails is no step, and neither is a read', async () => {
    await send('PutItem', put(item('there')));
    const steps = await stepsOfFlow(async (flowId) => {
      await send('PutItem', put(item('there'), once), { flowId });
      await send('GetItem', key('there'), { flowId });
    });
    expect(steps).toEqual([]);
  });
});

test('rows outlive the wiring, and a table that the stack gains is made', async () => {
  await send('PutItem', put(item('kept')));
  const more = makePlan({
    aws_dynamodb_table: {
      t: { name: 'OrderDetails', hash_key: 'orderId', attribute: [{ name: 'orderId', type: 'S' }] },
      gained: { name: 'Gained', hash_key: 'a', attribute: [{ name: 'a', type: 'S' }] },
    },
  });
  const by = makeCaller([await createTables(more, context)], context);
  expect((await send('GetItem', key('kept'), { by })).output).toEqual({ Item: item('kept') });
  expect((await send('DescribeTable', { TableName: 'Gained' }, { by })).status).toBe(200);
});

test('a table with rows is not given another key', async () => {
  const other = makePlan({
    aws_dynamodb_table: {
      t: { name: 'OrderDetails', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }] },
    },
  });
  await expect(createTables(other, context)).rejects.toThrow(
    /^aws_dynamodb_table\.t: its key is .*"id".*, and that of the table that is there .*"orderId"/,
  );
});

test('rows outlive the process where the state does, as the last write left them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-rows-'));
  try {
    const before = makeContext({ state: createDiskState(folder, 'orders-dev') });
    const by = makeCaller([await createTables(plan, before)], before);
    const write = async (operation: string, input: JsonObject) =>
      expect((await send(operation, input, { by })).status).toBe(200);
    await write('PutItem', put(item('a', { value: { N: '1' } })));
    await write('UpdateItem', {
      ...key('a'),
      UpdateExpression: 'SET #v = :v',
      ExpressionAttributeNames: { '#v': 'value' },
      ExpressionAttributeValues: { ':v': { N: '2' } },
    });
    await write('PutItem', put(item('b')));
    await write('DeleteItem', key('b'));
    await write('PutItem', put(item('c')));
    await write('BatchWriteItem', {
      RequestItems: {
        OrderDetails: [{ PutRequest: { Item: item('d') } }, { DeleteRequest: { Key: item('c') } }],
        Ranged: [{ PutRequest: { Item: { a: { S: 'x' }, b: { N: '1' } } } }],
      },
    });
    await before.state.close();

    const after = makeContext({ state: createDiskState(folder, 'orders-dev') });
    const again = makeCaller([await createTables(plan, after)], after);
    const scan = async (TableName: string) => (await send('Scan', { TableName }, { by: again })).output.Items;
    expect(await scan('OrderDetails')).toEqual(
      expect.arrayContaining([item('a', { value: { N: '2' } }), item('d')]),
    );
    expect(await scan('OrderDetails')).toHaveLength(2);
    expect(await scan('Ranged')).toEqual([{ a: { S: 'x' }, b: { N: '1' } }]);
    await after.state.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('two systems have tables of their own', async () => {
  await send('PutItem', put(item('mine')));
  const others = makeContext();
  const by = makeCaller([await createTables(plan, others)], others);
  expect((await send('GetItem', key('mine'), { by })).output).toEqual({});
  await others.state.close();
});
