import { describe, expect, test } from '@jest/globals';
import { AwsError } from './aws-error.ts';
import type { Service } from './context.ts';
import { operation, parameterErrors } from './operation.ts';
import { makeCaller, makeContext, makeIam } from './testing.ts';

/** A service of two operations, in a context where roles may not do the first one. */
function makeService() {
  const calls: unknown[] = [];
  const service: Service = {
    operations: {
      target: 'Shop_2026',
      action: 'shop',
      errors: parameterErrors('ValidationException'),
      operations: {
        Buy: operation(
          { Item: { type: 'text', required: true }, Count: { type: 'integer', min: 1, max: 9 } },
          async (input, { authorize, flowId, request }) => {
            authorize(`arn:${input.Item}`);
            calls.push([input, flowId, request.body.toString()]);
            if (input.Item === 'gone') throw new AwsError('shop#SoldOut', 'None is left', 'Shop.SoldOut');
            if (input.Item === 'refused') throw new AwsError('Refused', 'No');
            if (input.Item === 'fault') throw new RangeError('a fault');
            return { Bought: input.Item };
          },
        ),
        Look: operation({}, () => ({
          response: { status: 203, headers: { 'x-own': 'yes' }, body: Buffer.from('"all of it"') },
        })),
      },
    },
  };
  const context = makeContext({ iam: makeIam('shop:Buy') });
  return { call: makeCaller([service], context), calls, context };
}
const credential = (accessKeyId: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/shop/aws4_request, …`,
});

describe('an operation', () => {
  test('gets its parameters, and is answered with what it gives', async () => {
    const { call, calls } = makeService();
    expect(await call('Shop_2026.Buy', { Item: 'tea', Count: 2 })).toMatchObject({
      status: 200,
      output: { Bought: 'tea' },
    });
    expect(calls).toEqual([[{ Item: 'tea', Count: 2 }, undefined, '{"Item":"tea","Count":2}']]);
  });

  test('may give a whole response', async () => {
    expect(await makeService().call('Shop_2026.Look', {})).toEqual({
      status: 203,
      headers: { 'x-own': 'yes' },
      output: 'all of it',
    });
  });

  test.each(['Shop_2026.Nope', 'Shop_2026.constructor', 'toString', '', 'Shop_2025.Buy', 'Buy'])(
    'that is unknown, %s, is refused by name, with the known ones',
    async (target) => {
      expect(await makeService().call(target, {})).toMatchObject({
        status: 400,
        output: {
          __type: 'UnknownOperationException',
          message: `The local run doesn't know ${target}. It knows Shop_2026.Buy, Shop_2026.Look`,
        },
      });
    },
  );

  test('refuses a parameter that it does not know, and is not run', async () => {
    const { call, calls } = makeService();
    expect(await call('Shop_2026.Buy', { Item: 'tea', Colour: 'red' })).toMatchObject({
      status: 400,
      output: {
        __type: 'ValidationException',
        message: "The local run doesn't know the parameter Colour. It knows Item, Count.",
      },
    });
    expect(calls).toEqual([]);
  });

  test.each(['{', '[]', 'null', '"x"', '1'])('with the body %s is refused', async (body) => {
    expect(await makeService().call('Shop_2026.Look', body)).toMatchObject({
      status: 400,
      output: { __type: 'SerializationException' },
    });
  });

  test('without a body has an empty input', async () => {
    expect((await makeService().call('Shop_2026.Look', '')).status).toBe(203);
  });

  test.each([
    ['application/x-amz-json-1.0', 'application/x-amz-json-1.0'],
    [undefined, 'application/x-amz-json-1.1'],
  ])('of the content-type %s is answered in %s', async (given, answered) => {
    const headers = given ? { 'content-type': given } : {};
    const { call } = makeService();
    for (const target of ['Shop_2026.Buy', 'Nope'])
      expect((await call(target, { Item: 'tea' }, headers)).headers['content-type']).toBe(answered);
  });

  test('that fails is answered with the name of its error, in the old protocol as well where there is one', async () => {
    const { call } = makeService();
    expect(await call('Shop_2026.Buy', { Item: 'gone' })).toMatchObject({
      status: 400,
      headers: { 'x-amzn-query-error': 'Shop.SoldOut;Sender' },
      output: { __type: 'shop#SoldOut', message: 'None is left' },
    });
    const { headers } = await call('Shop_2026.Buy', { Item: 'refused' });
    expect(headers).not.toHaveProperty('x-amzn-query-error');
  });

  test("that fails because of a fault here isn't answered as AWS answers", async () => {
    await expect(makeService().call('Shop_2026.Buy', { Item: 'fault' })).rejects.toThrow('a fault');
  });
});

describe('a caller', () => {
  test('belongs to the flow that its trace header names', async () => {
    const { call, calls, context } = makeService();
    const flowId = context.trace.newFlow();
    await call('Shop_2026.Buy', { Item: 'tea' }, { 'x-amzn-trace-id': `Root=${flowId};Sampled=0` });
    await call('Shop_2026.Buy', { Item: 'tea' }, { 'x-amzn-trace-id': 'Root=1-unknown' });
    const body = '{"Item":"tea"}';
    expect(calls).toEqual([
      [{ Item: 'tea' }, flowId, body],
      [{ Item: 'tea' }, undefined, body],
    ]);
  });

  test('with the key of a session may do what its role may', async () => {
    const { call, calls, context } = makeService();
    const headers = credential(context.iam.openSession('arn:role'));
    expect(await call('Shop_2026.Buy', { Item: 'tea' }, headers)).toMatchObject({
      status: 400,
      output: { __type: 'AccessDeniedException', message: 'denied: arn:role shop:Buy arn:tea' },
    });
    expect(calls).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['with another key', credential('local')],
    ['without a key', {}],
  ])('%s is a developer, who may do everything', async (_, headers) => {
    expect((await makeService().call('Shop_2026.Buy', { Item: 'tea' }, headers)).status).toBe(200);
  });
});
