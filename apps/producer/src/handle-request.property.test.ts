import { describe, expect, test } from '@jest/globals';
import { parseDetail } from '@orders/events';
import { characterAt, indexOfCharacter, lastCharacter } from '@orders/jest/characters';
import fc from 'fast-check';
import { contract, expectProblem, get, type order, post, producer, request } from './testing.ts';

const text = ({ pattern, maxLength }: { pattern: string; maxLength: number }) =>
  fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length <= maxLength);
const { minimum: min, maximum: max } = contract.value;

/** Orders that the contract allows. */
const validOrder = fc.record({
  category: text(contract.category),
  location: text(contract.location),
  value: fc.oneof(
    fc.double({ min, max, noNaN: true }),
    fc.integer({ min: 1, max }),
    fc.constantFrom(min, max),
  ),
});

const anyText = fc.string({ unit: fc.nat(lastCharacter).map(characterAt, indexOfCharacter) });

/** Any text, often one that the code treats differently. */
const often = (...texts: string[]) => fc.oneof(fc.constantFrom(...texts), anyText, fc.string());

const field = fc.tuple(
  often('category', 'location', 'value', 'orderId', '__proto__'),
  often('office-supplies', 'eu-west', '300', '1e3', '0x10', 'NaN', '', '%', '%E0%A4%A'),
);
const query = fc.oneof(
  anyText,
  fc.array(field).map((fields) => fields.map((pair) => pair.join('=')).join('&')),
  validOrder.map((valid) => get(valid).rawQueryString),
);
const body = fc.oneof(
  fc.constant(undefined),
  anyText,
  fc.json(),
  fc
    .record(
      { category: fc.jsonValue(), location: fc.jsonValue(), value: fc.jsonValue() },
      { requiredKeys: [] },
    )
    .map((json) => JSON.stringify(json)),
  validOrder.map((valid) => JSON.stringify(valid)),
);
const strangeRequest = fc
  .record({
    method: often('GET', 'POST', 'GET', 'POST', 'PUT', 'constructor', '__proto__'),
    path: often('/dev', '/dev/', '/dev/orders', '/dev/orders', '/orders', '/', '/__proto__'),
    stage: often('dev', 'dev', 'dev', '$default'),
    query,
    body,
    isBase64Encoded: fc.boolean(),
    headers: fc.oneof(
      fc.constant({}),
      often('0b0c1a5e-3f0e-4c53-9f0e-1d2b3c4d5e6f', 'order-1').map(
        (key): Record<string, string> => ({ 'idempotency-key': key }),
      ),
    ),
  })
  .map(({ body: sent, ...rest }) =>
    request({ ...rest, body: sent && rest.isBase64Encoded ? Buffer.from(sent).toString('base64') : sent }),
  );

/** Strange requests are seldom orders, so that some are orders for sure. */
const anyRequest = fc.oneof(
  { weight: 9, arbitrary: strangeRequest },
  { weight: 1, arbitrary: validOrder.map((valid) => get(valid)) },
);

describe('whatever the request is', () => {
  test('it is answered 202 with exactly one valid event on the bus, or 4xx with none', async () => {
    const statuses = new Set<number | undefined>();
    await fc.assert(
      fc.asyncProperty(anyRequest, async (sent) => {
        const { send, published } = producer();

        const response = await send(sent);

        statuses.add(response.statusCode);
        if (response.statusCode === 202) {
          expect(published).toEqual([{ detailType: 'Order Placed', detail: expect.anything() }]);
          const detail = parseDetail('Order Placed', published[0]?.detail);
          expect(Object.keys(detail).sort()).toEqual(['category', 'location', 'orderId', 'value']);
          expect(response.answer).toEqual({ orderId: detail.orderId });
        } else {
          expect([400, 404, 405, 413]).toContain(response.statusCode);
          expectProblem(response, response.statusCode ?? 0);
          expect(published).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
    // Otherwise the requests leave a path of the code untested.
    expect([...statuses].sort()).toEqual([202, 400, 404, 405]);
  });
});

describe('every order that the contract allows', () => {
  test.each([
    ['GET', (valid: typeof order) => get(valid)],
    ['POST', (valid: typeof order) => post({ ...valid, unknownField: 'an unknown field' })],
  ])('is placed by %s with the values that were sent', async (_, requestOf) => {
    await fc.assert(
      fc.asyncProperty(validOrder, async (valid) => {
        const { send, published } = producer();
        const { statusCode, answer } = await send(requestOf(valid));
        expect(statusCode).toBe(202);
        expect(published).toEqual([
          { detailType: 'Order Placed', detail: { ...valid, orderId: answer.orderId } },
        ]);
      }),
    );
  });
});
