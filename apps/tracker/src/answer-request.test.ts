import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { v7 } from 'uuid';
import { answerRequest } from './answer-request.ts';
import type { TrackedOrder } from './status-table.ts';

const order: TrackedOrder = {
  orderId: v7(),
  status: 'placed',
  placedAt: '2026-01-31T12:00:00.000Z',
  category: 'office-supplies',
  location: 'eu-west',
  value: 300,
};

/** Asks for an order, of a table that has one. */
async function ask(
  orderId: string | undefined,
  find = async (id: string) => (id === order.orderId ? order : undefined),
) {
  const lines: object[] = [];
  const write = (level: string) => (line: object) => lines.push({ level, ...line });
  const asked: string[] = [];
  const request = {
    requestContext: { requestId: 'request-1' },
    pathParameters: orderId === undefined ? undefined : { orderId },
  } as unknown as APIGatewayProxyEventV2;
  const response = await answerRequest(request, {
    find: (id) => {
      asked.push(id);
      return find(id);
    },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
  });
  return { ...response, answer: JSON.parse(String(response.body)), lines, asked };
}

describe('GET /orders/{orderId}', () => {
  test('answers 200 with the order', async () => {
    const { statusCode, headers, answer, lines } = await ask(order.orderId);
    expect(statusCode).toBe(200);
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(answer).toEqual(order);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'order found',
        status: 'placed',
        orderId: order.orderId,
        apiRequestId: 'request-1',
      },
    ]);
  });

  test("answers 404 with problem details for an order that isn't known", async () => {
    const orderId = v7();
    const { statusCode, headers, answer, lines } = await ask(orderId);
    expect(statusCode).toBe(404);
    expect(headers).toEqual({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(answer).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: expect.stringContaining(`No order "${orderId}" is known.`),
    });
    expect(lines).toMatchObject([{ level: 'info', message: 'order not known', orderId }]);
  });

  test.each([
    ['is missing', undefined],
    ['is too short', 'an-id'],
    ['is longer than a key of the table can be', 'x'.repeat(3_000)],
  ])('answers 404 without a look into the table when the id %s', async (_, orderId) => {
    const { statusCode, answer, asked } = await ask(orderId);
    expect(statusCode).toBe(404);
    expect(answer.detail.length).toBeLessThan(400);
    expect(asked).toEqual([]);
  });

  test("answers 503 and logs the reason when the table doesn't answer", async () => {
    const { statusCode, headers, answer, lines } = await ask(order.orderId, async () => {
      throw new Error('the table is away');
    });
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '5' });
    expect(answer).toMatchObject({ status: 503, title: 'Service Unavailable' });
    expect(JSON.stringify(answer)).not.toContain('the table is away');
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'order not read',
        orderId: order.orderId,
        error: 'Error: the table is away',
        stack: expect.stringMatching(/^Error: the table is away\n\s+at /),
      },
    ]);
  });
});
