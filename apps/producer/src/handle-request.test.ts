import { describe, expect, test } from '@jest/globals';
import { PublishError } from '@orders/events/publish';
import { pickPresent } from '@orders/function';
import { orderFields } from './order.ts';
import {
  details,
  expectProblem,
  firstId,
  get,
  order,
  post,
  postBase64,
  producer,
  type request,
} from './testing.ts';

const placed = (extra: object = {}) => ({
  detailType: 'Order Placed',
  detail: { orderId: firstId, ...order, ...extra },
});

/** A JSON body of a given size: a valid order with a further field, whose characters have 2 bytes each. */
function bodyOf(bytes: number): string {
  const bare = JSON.stringify({ ...order, unknownField: '' });
  const room = bytes - bare.length;
  return JSON.stringify({ ...order, unknownField: 'ä'.repeat(room / 2) + 'x'.repeat(room % 2) });
}

describe('an order is placed', () => {
  test.each([
    ['GET at the stage', get(order)],
    ['GET at the stage with a slash', get(order, { path: '/dev/' })],
    ['GET at the stage $default, which has no prefix', get(order, { path: '/', stage: '$default' })],
    ['GET with the fields in another order', get('value=300&category=office-supplies&location=eu-west')],
    ['GET with percent-encoding', get('category=office%2Dsupplies&location=eu-west&value=%33%30%30')],
    ['GET with fields that the contract does not know', get({ ...order, orderId: 'mine', coupon: 'x' })],
    [
      'GET with an unknown field twice',
      get('tag=a&tag=b&category=office-supplies&location=eu-west&value=300'),
    ],
    ['POST under the stage', post(order)],
    ['POST with a slash at the end', post(order, { path: '/dev/orders/' })],
    ['POST at the stage $default', post(order, { path: '/orders', stage: '$default' })],
    ['POST with a stage that a path begins with', post(order, { path: '/orders', stage: 'ord' })],
    ['POST with fields that the contract does not know', post({ ...order, orderId: 'mine', giftWrap: true })],
    ['POST with a body in base64', postBase64(JSON.stringify(order))],
  ])('by %s', async (_, sent) => {
    const { send, published, lines, counted } = producer();

    const { statusCode, headers, answer } = await send(sent);

    expect(answer).toEqual({ orderId: firstId });
    expect(statusCode).toBe(202);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(published).toEqual([placed()]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'order placed',
        orderId: firstId,
        eventId: 'event-1',
        apiRequestId: 'request-1',
      },
    ]);
    expect(counted).toEqual(['OrdersPlaced']);
  });

  test.each([
    ['GET at the stage', get(order), '/dev/orders/'],
    ['POST under the stage', post(order), '/dev/orders/'],
    ['POST at the stage $default', post(order, { path: '/orders', stage: '$default' }), '/orders/'],
    ['POST with a stage that a path begins with', post(order, { path: '/orders', stage: 'ord' }), '/orders/'],
  ])('by %s, and the Location is where it can be followed', async (_, sent, path) => {
    const { headers } = await producer().send(sent);
    expect(headers?.location).toBe(`${path}${firstId}`);
  });

  test.each(details('valid'))('from the valid fixture, by POST: %s', async (_, fixture) => {
    const { send, published } = producer();

    expect((await send(post(fixture))).statusCode).toBe(202);
    expect(published).toEqual([placed(pickPresent(fixture as typeof order, orderFields))]);
  });

  test.each([
    ['1e3', 1000],
    ['1E+3', 1000],
    ['19.99', 19.99],
    ['300.0', 300],
    ['0.000001', 0.000001],
    ['1e-6', 0.000001],
    ['5000000000', 5_000_000_000],
  ])('with value=%s as the number that JSON makes of it', async (value, number) => {
    const { send, published } = producer();
    await send(get({ ...order, value }));
    await send(post(`{"category":"office-supplies","location":"eu-west","value":${value}}`));
    expect(published.map(({ detail }) => detail)).toMatchObject([{ value: number }, { value: number }]);
  });

  test('with an id of its own, if it has no key', async () => {
    const { send } = producer();
    const answers = [await send(get(order)), await send(get(order)), await send(post(order))];
    expect(new Set(answers.map(({ answer }) => answer.orderId)).size).toBe(3);
  });
});

describe('an order that breaks the contract is refused, and the answer names each field', () => {
  const { category, location, value } = order;

  test.each<[string, ReturnType<typeof request>, Record<string, string>]>([
    ['no query', get(''), { category: 'nothing', location: 'nothing', value: 'nothing' }],
    ['a query without a field', get({ category, value }), { location: 'nothing' }],
    [
      'a query with names in upper case',
      get({ Category: category, location, value }),
      { category: 'nothing' },
    ],
    ['a malformed query', get('&&=&%&category=%zz&location=eu-west&value=300'), { category: '"%zz"' }],
    ['an empty field', get({ ...order, location: '' }), { location: '""' }],
    ['a plus sign, which is a space', get('category=a+b&location=eu-west&value=3'), { category: '"a b"' }],
    ['a repeated field', get('category=a&category=b&location=eu-west&value=3'), { category: '"a" and "b"' }],
    [
      'a field repeated with one value',
      get('category=a&location=eu-west&value=3&value=3'),
      { value: '"3" and "3"' },
    ],
    [
      'two repeated fields',
      get('category=a&location=eu-west&location=us-east&value=3&value=4'),
      { location: '"eu-west" and "us-east"', value: '"3" and "4"' },
    ],
    ['an empty object', post({}), { category: 'nothing', location: 'nothing', value: 'nothing' }],
    [
      'all fields of a wrong type',
      post({ category: 1, location: null, value: ['300'] }),
      { category: '1', location: 'null', value: 'an array of 1' },
    ],
    ['the value as a string', post({ ...order, value: '300' }), { value: '"300"' }],
    [
      'a value as JSON that no number keeps',
      post('{"category":"a","location":"eu-west","value":12345678901234567890.5}'),
      { value: '12345678901234567890.5' },
    ],
    [
      'a number in an unknown field that no number keeps',
      post('{"category":"a","location":"eu-west","value":3,"more":{"ids":[1,9007199254740993]}}'),
      { more: '9007199254740993' },
    ],
    [
      'a repeated member',
      post('{"category":"a","location":"eu-west","value":3,"value":4}'),
      { value: '3 and 4' },
    ],
    [
      'a repeated member of an unknown field',
      post('{"category":"a","location":"eu-west","value":3,"more":[{"tag":"a","tag":"b"}]}'),
      { tag: '"a" and "b"' },
    ],
    [
      'fields of a prototype',
      post('{"__proto__":{"category":"a"},"location":"eu-west","value":300}'),
      { category: 'nothing' },
    ],
  ])('%s', async (_, sent, received) => {
    const { send, published } = producer();

    const response = await send(sent);

    expectProblem(
      response,
      400,
      `^The order is not placed: ${Object.keys(received).join(', ')} (is|are) invalid`,
    );
    const errors = response.answer.errors ?? [];
    expect(Object.fromEntries(errors.map((error) => [error.field, error.received]))).toEqual(received);
    expect(errors).toHaveLength(Object.keys(received).length);
    for (const { allowed } of errors) expect(allowed).toMatch(/^(a string|a number|one value)/);
    expect(published).toEqual([]);
  });

  const texts = [
    'NaN',
    'Infinity',
    '0x10',
    '0b1',
    '',
    ' ',
    ' 300',
    '300 ',
    '300\n',
    '007',
    '-007',
    '+1',
    '.5',
    '5.',
    '1_000',
    '1,000',
    '1e',
    'null',
    'true',
    '[300]',
    '"300"',
    '٣',
  ];
  const outOfRange = ['-1', '0', '5000000001', '1e300', '0.0000009'];

  test.each([
    ...texts.map((text) => [text, JSON.stringify(text)]),
    ...outOfRange.map((text) => [text, String(Number(text))]),
  ])('value=%j in a query', async (value = '', received) => {
    const { send, published } = producer();
    const response = await send(get({ ...order, value }));
    expectProblem(response, 400);
    expect(response.answer.errors).toEqual([
      { field: 'value', received, allowed: expect.stringContaining('at least 0.000001') },
    ]);
    expect(published).toEqual([]);
  });

  test.each([
    '1e999',
    '-1e999',
    '1e-400',
    '-0',
    '300.00000000000000001',
    '0.1000000000000000055511151231257827',
    '4999999999.9999999999999',
  ])('value=%s, which no number keeps, in a query or a body', async (value) => {
    const { send, published } = producer();
    for (const sent of [
      get({ ...order, value }),
      post(`{"category":"office-supplies","location":"eu-west","value":${value}}`),
    ]) {
      const response = await send(sent);
      expectProblem(response, 400);
      expect(response.answer.errors).toEqual([
        { field: 'value', received: value, allowed: expect.stringMatching(/^a number .* in every digit/) },
      ]);
    }
    expect(published).toEqual([]);
  });

  /** The field that the name of a fixture has: `gift note empty` is about `giftNote`. */
  const fieldIn = (name: string) =>
    Object.keys(orderFields).find((field) =>
      name.includes(field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
    );
  const isOfTheId = (name: string) => /order id/.test(name);
  // The producer makes the id of an order. An id in the body is an unknown field.
  const ofTheId = details('invalid').filter(([name]) => isOfTheId(name));
  const ofAField = details('invalid').filter(([name]) => fieldIn(name) !== undefined);

  test.each(ofAField)('the invalid fixture, by POST: %s', async (name, fixture) => {
    const { send, published } = producer();
    const response = await send(post(fixture));
    expectProblem(response, 400);
    expect(response.answer.errors?.map(({ field }) => field)).toEqual([fieldIn(name)]);
    expect(published).toEqual([]);
  });

  test.each(ofTheId)('except for an order id, which is ignored: %s', async (_, fixture) => {
    const { send, published } = producer();
    expect((await send(post(fixture))).answer).toEqual({ orderId: firstId });
    expect(published).toEqual([placed()]);
  });

  test('the name of each invalid fixture has the field that it is about, except the one that has no fields', () => {
    const names = details('invalid').map(([name]) => name);
    expect(names.filter((name) => fieldIn(name) === undefined && !isOfTheId(name))).toEqual([
      'not an object',
    ]);
  });
});

describe('a body that is not an order is refused', () => {
  test.each([
    ['none', post('', { body: undefined }), 'must be JSON, .* received nothing'],
    ['an empty one', post(''), 'must be JSON, .* received nothing'],
    ['an empty one in base64', postBase64(''), 'must be JSON, .* received nothing'],
    ['text that is not JSON', post('category=a'), 'must be JSON, .* received "category=a"'],
    ['JSON that is cut off', post('{"category":"a"'), 'must be JSON'],
    ['JSON with NaN', post('{"value":NaN}'), 'must be JSON'],
    ['base64 of bytes that are no text', postBase64(Buffer.from([0xff, 0xfe, 0x00, 0x7b])), 'must be JSON'],
    [
      'what claims to be base64 and is not',
      post('{"category":"a"}', { isBase64Encoded: true }),
      'must be JSON',
    ],
    ['base64 that is not marked as such', post(btoa(JSON.stringify(order))), 'must be JSON'],
    ['an array', post([order]), 'must be an object .* received \\[\\{"category"'],
    ['null', post('null'), 'must be an object .* received null'],
    ['a string', post('"order"'), 'must be an object .* received "order"'],
    ['a number', post('300'), 'must be an object .* received 300'],
  ])('%s', async (_, sent, detail) => {
    const { send, published } = producer();
    expectProblem(await send(sent), 400, detail);
    expect(published).toEqual([]);
  });

  test.each([
    ['of 64 KiB', post(bodyOf(65_536)), 202],
    ['of 64 KiB, longer in base64', postBase64(bodyOf(65_536)), 202],
    ['one byte longer, though fewer characters', post(bodyOf(65_537)), 413],
    ['one byte longer, in base64', postBase64(bodyOf(65_537)), 413],
    ['of 300 KB', post(bodyOf(300_000)), 413],
    ['of 300 KB that is no JSON', post('x'.repeat(300_000)), 413],
  ])('by its size in bytes: one %s', async (_, sent, status) => {
    const { send, published } = producer();
    const response = await send(sent);
    expect(response.statusCode).toBe(status);
    if (status === 413) expectProblem(response, 413, /^The body has \d+ bytes; allowed are 65536/);
    expect(published).toHaveLength(status === 202 ? 1 : 0);
  });
});

describe('a request that has no route', () => {
  test.each([
    '/dev/order',
    '/dev/orders/1',
    '/dev/Orders',
    '/dev//orders',
    '/develop',
    '/devorders',
    '/dev/dev',
    '/prod/orders',
    '/__proto__',
    '/dev/__proto__',
    '/dev/constructor',
    '/dev/orders/constructor',
    '/dev/%6frders',
    '*',
    '__proto__',
    'constructor',
  ])('answers 404 for %s', async (path) => {
    const { send, published } = producer();
    expectProblem(await send(get(order, { path })), 404, /GET \/ and POST \/orders/);
    expectProblem(await send(post(order, { path })), 404, /GET \/ and POST \/orders/);
    expect(published).toEqual([]);
  });

  test.each([
    ['POST', '/dev', 'GET'],
    ['HEAD', '/dev', 'GET'],
    ['get', '/dev/', 'GET'],
    ['constructor', '/dev', 'GET'],
    ['__proto__', '/dev', 'GET'],
    ['GET', '/dev/orders', 'POST'],
    ['PUT', '/dev/orders/', 'POST'],
    ['toString', '/dev/orders', 'POST'],
  ])('answers 405 for %s %s and allows %s', async (method, path, allow) => {
    const { send, published } = producer();
    const response = await send(get(order, { method, path, body: JSON.stringify(order) }));
    expectProblem(response, 405, `takes ${allow}; received ${method}`);
    expect(response.headers).toMatchObject({ allow });
    expect(published).toEqual([]);
  });
});

/** A value that String() throws for. */
const textless = Object.create(null) as unknown;

describe('an order that is not on the bus is not answered by 202', () => {
  const event = { detailType: 'Order Placed' as const, detail: { ...order, orderId: firstId } };

  test.each([
    [
      'a PublishError',
      new PublishError('Orders', 1, [{ event, code: 'ThrottlingException', message: 'slow down' }]),
    ],
    ['another error', new TypeError('fetch failed')],
    ['a string', 'down'],
    ['undefined', undefined],
    ['an object that has no text', textless],
  ])('when the bus rejects with %s', async (_, refusal) => {
    const { send, published, lines } = producer({ refusals: [refusal] });

    const response = await send(post(order));

    expectProblem(response, 503, /^The event bus did not confirm the order/);
    expect(response.headers).toMatchObject({ 'retry-after': expect.stringMatching(/^[1-9]\d*$/) });
    expect(published).toEqual([]);
    const stack = refusal instanceof Error ? expect.stringMatching(/\n\s+at /) : undefined;
    expect(lines).toMatchObject([
      { level: 'error', message: 'order not confirmed', orderId: firstId, stack },
    ]);
  });

  test.each([
    ['an error', new Error('no entropy at 10.0.0.7')],
    ['a string', 'no entropy at 10.0.0.7'],
    ['an object that has no text', textless],
  ])('when the producer itself fails with %s: it answers 500 without the reason', async (_, reason) => {
    const { send, published, lines } = producer({
      newId: () => {
        throw reason;
      },
    });

    const response = await send(post(order));

    expectProblem(response, 500, /^The service failed\. Send the order again later; with an Idempotency-Key/);
    expect(response.body).not.toContain('10.0.0.7');
    expect(published).toEqual([]);
    expect(lines).toMatchObject([{ level: 'error', message: 'order failed', error: expect.any(String) }]);
    if (reason !== textless) expect(lines[0]?.error).toContain('10.0.0.7');
  });
});

describe('the log', () => {
  test('has the reason of the bus and the id of the order', async () => {
    const { send, lines } = producer({ refusals: [new Error('ThrottlingException: slow down')] });
    await send(post(order));
    expect(lines).toMatchObject([{ level: 'error', cause: expect.stringContaining('slow down') }]);
    expect(JSON.stringify(lines)).toContain(firstId);
  });

  test('has a warning with the answer for a refused request', async () => {
    const { send, lines } = producer();
    const { answer } = await send(post({ ...order, value: -1 }));
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'order refused',
        orderId: undefined,
        apiRequestId: 'request-1',
        cause: undefined,
        ...answer,
      },
    ]);
  });

  test.each([
    ['an order that is placed', get(order, { id: 'request-7' }), {}],
    ['an order that is refused', post({}, { id: 'request-7' }), {}],
    ['an order that the bus refuses', get(order, { id: 'request-7' }), { refusals: [new Error('down')] }],
    ['a request that has no route', get(order, { id: 'request-7', path: '/dev/other' }), {}],
    [
      'a failure of the producer itself',
      get(order, { id: 'request-7' }),
      {
        newId: () => {
          throw new Error('no entropy');
        },
      },
    ],
  ])("has one line with the API's id of the request for %s", async (_, sent, fakes) => {
    const { send, lines } = producer(fakes);
    await send(sent);
    expect(lines).toMatchObject([{ apiRequestId: 'request-7' }]);
  });

  const long = 'x'.repeat(9_000);
  test.each([
    ['a body of 300 KB', post(bodyOf(300_000))],
    ['a body of 60 KB that is not JSON', post('x'.repeat(60_000))],
    ['a body of 60 KB that is an array', post(JSON.stringify([bodyOf(50_000)]))],
    ['a field of 60 KB', post({ ...order, category: 'x'.repeat(60_000) })],
    ['an unknown field of 60 KB', post(bodyOf(60_000))],
    ['fields nested deep', post(`{"value":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)],
    ['a long field in the query', get({ ...order, category: long })],
    ['a long field twice in the query', get(`category=${long}&category=${long}`)],
    ['a field a thousand times in the query', get('value=300&'.repeat(1_000))],
    ['a long path', get(order, { path: `/${long}` })],
    ['a long key', post(order, { headers: { 'idempotency-key': long } })],
  ])('and the answer are short for %s', async (_, sent) => {
    const { send, lines } = producer();
    const { body } = await send(sent);
    expect(JSON.stringify(lines).length).toBeLessThan(2_000);
    expect(body?.length).toBeLessThan(2_000);
  });
});

describe('the count of orders', () => {
  test.each([
    ['an order that breaks the contract', post({ ...order, value: -1 })],
    ['a body that is not JSON', post('category=a')],
    ['a body that is too large', post(bodyOf(65_537))],
    ['an empty key', post(order, { headers: { 'idempotency-key': '' } })],
    ['a repeated field', get('category=a&category=b')],
  ])('counts a refused order for %s', async (_, sent) => {
    const { send, counted } = producer();
    await send(sent);
    expect(counted).toEqual(['OrdersRefused']);
  });

  test.each([
    ['a path without a route', get(order, { path: '/dev/other' }), {}],
    ['a method that the path does not take', get(order, { method: 'PUT' }), {}],
    ['an order that the bus does not confirm', post(order), { refusals: [new Error('down')] }],
  ])('counts nothing for %s', async (_, sent, fakes) => {
    const { send, counted } = producer(fakes);
    await send(sent);
    expect(counted).toEqual([]);
  });
});
