import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectProblem, get, order, post, producer } from './testing.ts';

const issuer = 'https://id.shop.example';
const uuid = 'f81d4fae-7dec-4d0a-a765-00a0c91e6bf6';
const keyed = (key: string, caller?: string) => ({
  headers: { 'idempotency-key': key },
  ...(caller !== undefined && { claims: { iss: issuer, sub: caller } }),
});

/** Sends orders to one producer, and gives the ids of the answers. */
async function idsOf(requests: readonly ReturnType<typeof post>[]) {
  const { send } = producer();
  const ids: (string | undefined)[] = [];
  for (const request of requests) ids.push((await send(request)).answer.orderId);
  return ids;
}

describe('the same order with the same key of the same caller', () => {
  // Constants: with another namespace, every key that a client still holds would be forgotten.
  test.each([
    ['a caller with a token', keyed('order-1', 'shop-7'), 'eb803841-facc-5c32-9ce6-32614b69fd8a'],
    ['a caller without a token', keyed(uuid), 'e3ae3212-9756-5594-9152-4db8860aecf6'],
  ])('has the same id in every environment and by either route: %s', async (_, parts, id) => {
    const ids = [
      ...(await idsOf([
        post(order, parts),
        get(order, parts),
        post(`{"value": 3.0e2, "location": "eu-west", "category": "office-supplies", "note": "x"}`, parts),
      ])),
      ...(await idsOf([post(order, parts)])),
    ];
    expect(ids).toEqual([id, id, id, id]);
  });

  test('keeps its id when the bus refused it at first', async () => {
    const { send, published } = producer({ refusals: [new Error('down')] });
    expectProblem(await send(post(order, keyed(uuid))), 503);
    const { orderId } = (await send(post(order, keyed(uuid)))).answer;
    expect([orderId]).toEqual(await idsOf([post(order, keyed(uuid))]));
    expect(published).toHaveLength(1);
  });

  test.each([
    ['quoted, as the draft of the header has it', keyed(`"${uuid}"`), keyed(uuid)],
    ['a UUID in upper case', keyed(uuid.toUpperCase()), keyed(uuid)],
    ['quoted, with a token', keyed('"order-1"', 'shop-7'), keyed('order-1', 'shop-7')],
  ])('may have it in another form: %s', async (_, one, other) => {
    const [first, second] = await idsOf([post(order, one), post(order, other)]);
    expect(first).toBe(second);
  });
});

describe('an order is another one', () => {
  test.each([
    ['with another key', keyed('order-2', 'shop-7'), order],
    ['with a key in other case', keyed('ORDER-1', 'shop-7'), order],
    ['of another caller', keyed('order-1', 'shop-8'), order],
    [
      'of the same caller at another issuer',
      { ...keyed('order-1'), claims: { iss: 'x', sub: 'shop-7' } },
      order,
    ],
    ['of another category', keyed('order-1', 'shop-7'), { ...order, category: 'general-supplies' }],
    ['of another location', keyed('order-1', 'shop-7'), { ...order, location: 'us-east-1' }],
    ['of another value', keyed('order-1', 'shop-7'), { ...order, value: 300.000001 }],
  ])('%s, whatever else is the same', async (_, parts, other) => {
    const [first, second] = await idsOf([post(order, keyed('order-1', 'shop-7')), post(other, parts)]);
    expect(second).toEqual(expect.any(String));
    expect(first).not.toBe(second);
  });

  test('with a token than without one', async () => {
    const [first, second] = await idsOf([post(order, keyed(uuid)), post(order, keyed(uuid, 'shop-7'))]);
    expect(first).not.toBe(second);
  });
});

describe('the header is refused', () => {
  test.each([
    ['an empty one', ''],
    ['an empty one in quotes', '""'],
    ['one quote', '"order-1'],
    ['one of 256 characters', 'k'.repeat(256)],
    ['one with a space', 'order 1'],
    ['one with a backslash', '"order\\"1"'],
    ['two, as API Gateway joins them', `${uuid},${uuid}`],
    ['two with a space', `${uuid}, ${uuid}`],
    ['two in quotes', '"order-1","order-2"'],
    ['one with a line break', 'order-1\n'],
    ['one beyond ASCII', 'ördér'],
  ])('%s', async (_, key) => {
    const { send, published } = producer();
    for (const parts of [keyed(key), keyed(key, 'shop-7')]) {
      expectProblem(await send(post(order, parts)), 400, /Idempotency-Key takes one key of 1 to 255 visible/);
    }
    expect(published).toEqual([]);
  });

  // Another client may number its orders the same way, and may order the same.
  test.each([
    ['a number', '1'],
    ['a word', 'order-1'],
    ['a UUID of zeros', '00000000-0000-0000-0000-000000000000'],
    ['a UUID of ones', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['a UUID that is derived from a name', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    ['a UUID in braces', `{${uuid}}`],
  ])('without a token, a key that two clients may choose: %s', async (_, key) => {
    const { send, published } = producer();
    expectProblem(await send(post(order, keyed(key))), 400, /takes a random UUID .* client without a token/);
    expect(published).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['a subject', { iss: issuer }],
    ['a subject that is not empty', { iss: issuer, sub: '' }],
    ['an issuer', { sub: 'shop-7' }],
  ])('with a token that has not %s, a key that two clients may choose', async (_, claims) => {
    const { send } = producer();
    expectProblem(await send(post(order, { ...keyed('order-1'), claims })), 400, /random UUID/);
  });
});

test('every 202 is an order of its own, or the same order of the same caller, and none is lost', async () => {
  const sent = fc.record({
    caller: fc.constantFrom(
      undefined,
      { iss: issuer, sub: 'a' },
      { iss: issuer, sub: 'b' },
      { iss: 'https://other.example', sub: 'a' },
    ),
    key: fc.constantFrom(undefined, '1', uuid, uuid, uuid.toUpperCase(), `"${uuid}"`, 'a,b'),
    order: fc.constantFrom(
      { category: 'a', location: 'eu-west', value: 1 },
      { category: 'a', location: 'eu-west', value: 10 },
      { category: 'a', location: 'us-east-1', value: 1 },
    ),
    byQuery: fc.boolean(),
  });
  let repeats = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 10, maxLength: 30 }), async (requests) => {
      const { send, published } = producer();
      /** The ids of the answers, by what makes an order the same. */
      const placed = new Map<string, { id: string | undefined; order: object }>();
      for (const [index, { caller, key, order: each, byQuery }] of requests.entries()) {
        const parts = {
          ...(key !== undefined && { headers: { 'idempotency-key': key } }),
          ...(caller && { claims: caller }),
        };
        const { statusCode, answer } = await send(byQuery ? get(each, parts) : post(each, parts));
        if (statusCode !== 202) {
          expect(key).toBeDefined();
          expect(statusCode).toBe(400);
          continue;
        }
        const normalized = caller ? key?.replaceAll('"', '') : key?.replaceAll('"', '').toLowerCase();
        const identity =
          key === undefined ? `without a key ${index}` : JSON.stringify([caller, normalized, each]);
        const before = placed.get(identity);
        if (before) {
          repeats += 1;
          expect(answer.orderId).toBe(before.id);
        }
        placed.set(identity, { id: answer.orderId, order: each });
      }

      // The table keeps one row for each id. It loses an order if two share one.
      const rows = new Map(published.map(({ detail }) => [(detail as { orderId: string }).orderId, detail]));
      expect(rows.size).toBe(placed.size);
      for (const { id, order: each } of placed.values()) {
        expect(rows.get(id ?? '')).toEqual({ ...each, orderId: id });
      }
    }),
    { numRuns: 300 },
  );
  // Requests that never come again would show nothing.
  expect(repeats).toBeGreaterThan(500);
});
