import { request } from 'node:http';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startOrderSystem } from '../src/order-system.ts';
import { synthesized, type TestSystem } from '../src/testing/index.ts';

/** One that nobody fulfils: what becomes of it isn't looked at. */
const order = { location: 'aq-south', category: 'office-supplies', value: '300' };

const problem = async (response: Response) => ({
  status: response.status,
  contentType: response.headers.get('content-type'),
  ...((await response.json()) as { errors?: { field: string; received: string }[]; detail?: string }),
});

/**
 * Tests what becomes of requests that nobody should send: each gets an answer, and the system lives on.
 *
 * @param running gives the system, which other tests use as well
 */
export function testBadInput(running: () => TestSystem): void {
  let system: TestSystem;
  beforeAll(() => {
    system = running();
  });

  describe('an order that is refused', () => {
    test.each([
      ['no field at all', {}, ['category', 'location', 'value']],
      ['no value', { location: 'eu-west', category: 'office-supplies' }, ['value']],
      ['NaN', { ...order, value: 'NaN' }, ['value']],
      ['1e999', { ...order, value: '1e999' }, ['value']],
      ['-1', { ...order, value: '-1' }, ['value']],
      ['0x10', { ...order, value: '0x10' }, ['value']],
      ['a category with spaces, in upper case', { ...order, category: 'Office Supplies' }, ['category']],
      ['a location that is not a region', { ...order, location: 'everywhere!' }, ['location']],
    ])('for %s gets 400, each field named', async (_, sent, fields) => {
      const { status, contentType, errors } = await problem(
        await system.sendOrder(sent as Record<string, string>),
      );
      expect({ status, contentType }).toEqual({ status: 400, contentType: 'application/problem+json' });
      expect(errors?.map(({ field }) => field).sort()).toEqual(fields);
    });

    test('for a repeated field gets 400 and both values', async () => {
      const response = await fetch(`${system.apiUrl}?location=eu-west&category=a&category=b&value=1`);
      expect(await problem(response)).toMatchObject({
        status: 400,
        errors: [{ field: 'category', received: '"a" and "b"' }],
      });
    });

    test.each([
      ['bad JSON', '{"category":', 400],
      ['a body of 300 KB', JSON.stringify({ category: 'x'.repeat(300_000) }), 413],
      ['an array', '[]', 400],
    ])('for %s gets a problem', async (_, body, status) => {
      const headers = { 'content-type': 'application/json' };
      expect(
        await problem(await fetch(`${system.apiUrl}/orders`, { method: 'POST', body, headers })),
      ).toMatchObject({
        status,
        contentType: 'application/problem+json',
      });
    });

    test('for a form, which API Gateway hands on in base64, gets 400 about its JSON', async () => {
      const body = new URLSearchParams(order);
      expect(await problem(await fetch(`${system.apiUrl}/orders`, { method: 'POST', body }))).toMatchObject({
        status: 400,
        detail: expect.stringContaining('location=aq-south'),
      });
    });

    test('for an unknown path gets 404, and for a wrong method 405 with what is allowed', async () => {
      expect((await fetch(`${system.apiUrl}/nowhere`)).status).toBe(404);
      const response = await fetch(`${system.apiUrl}/orders`, { method: 'DELETE' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    });
  });

  describe('the process lives on', () => {
    const alive = async () => expect((await system.sendOrder(order)).status).toBe(202);

    test.each([
      ['the HTTP API', { path: '/dev/orders', headers: { 'content-type': 'application/json' } }],
      // dynalite, left to itself, throws out of the process here (its issue #183).
      [
        'DynamoDB',
        {
          path: '/',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'DynamoDB_20120810.PutItem',
          },
        },
      ],
      ['EventBridge', { path: '/', headers: { 'x-amz-target': 'AWSEvents.PutEvents' } }],
      ['SQS', { path: '/', headers: { 'x-amz-target': 'AmazonSQS.SendMessage' } }],
      ['the local extras', { path: '/_local/partner/orders', headers: {} }],
    ])('after a client of %s hung up in the middle of a body', async (_, { path, headers }) => {
      const { hostname, port } = new URL(system.endpoint);
      const client = request({
        hostname,
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'content-length': 1_000 },
      });
      client.on('error', () => {});
      await new Promise((resolve) => client.write('{"half":', resolve));
      client.destroy();
      await new Promise((resolve) => client.once('close', resolve));
      await alive();
    });

    test('after a client that sent no HTTP at all', async () => {
      const { hostname, port } = new URL(system.endpoint);
      const socket = connect(Number(port), hostname);
      socket.write('\x00\x01\x02 hello\r\n\r\n');
      socket.on('error', () => {});
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      await alive();
    });

    test.each([
      ['PutItem without JSON', 'DynamoDB_20120810.PutItem', '{'],
      ['PutItem of null', 'DynamoDB_20120810.PutItem', 'null'],
      [
        'BatchGetItem of a table that is null',
        'DynamoDB_20120810.BatchGetItem',
        '{"RequestItems":{"OrderDetails":null}}',
      ],
      [
        'PutItem of an unknown table',
        'DynamoDB_20120810.PutItem',
        '{"TableName":"Nothing","Item":{"a":{"S":"b"}}}',
      ],
      ['an unknown operation of DynamoDB', 'DynamoDB_20120810.MakeCoffee', '{}'],
      ['TagResource, which dynalite falls over', 'DynamoDB_20120810.TagResource', '{"Tags":[null]}'],
      ['PutEvents without JSON', 'AWSEvents.PutEvents', '{'],
      ['PutEvents without entries', 'AWSEvents.PutEvents', '{}'],
      ['PutEvents of entries that are none', 'AWSEvents.PutEvents', '{"Entries":[1,null]}'],
      ['PutEvents with a detail that is not text', 'AWSEvents.PutEvents', '{"Entries":[{"Detail":{}}]}'],
      ['a pattern without JSON', 'AWSEvents.TestEventPattern', '{"EventPattern":"{","Event":"{}"}'],
      ['ReceiveMessage without JSON', 'AmazonSQS.ReceiveMessage', '{'],
      ['ReceiveMessage of a queue that is null', 'AmazonSQS.ReceiveMessage', '{"QueueUrl":null}'],
      ['SendMessage of attributes that are null', 'AmazonSQS.SendMessage', '{"MessageAttributes":null}'],
      ['an unknown operation of SQS', 'AmazonSQS.CreateQueue', '{"QueueName":"Q"}'],
      ['a target named like a property of objects', 'constructor', '{}'],
    ])('after %s, which gets a 400', async (_, target, body) => {
      const headers = {
        'x-amz-target': target,
        'content-type': 'application/x-amz-json-1.0',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=h, Signature=s',
        'x-amz-date': '20260101T000000Z',
      };
      const response = await fetch(system.endpoint, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty('__type');
      await alive();
    });

    test('after an event that is nested 100,000 deep, which is refused', async () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      const entry = { EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: 'Order Placed' };
      const response = await fetch(system.endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
        body: JSON.stringify({ Entries: [{ ...entry, Detail: `{"location":"eu-west","deep":${deep}}` }] }),
      });
      expect(await response.json()).toMatchObject({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'MalformedDetail' }],
      });
      await alive();
    });

    test('when a second system wants its port, which says so', async () => {
      const port = Number(new URL(system.endpoint).port);
      await expect(startOrderSystem({ outDir: synthesized, port, onFailure: () => {} })).rejects.toThrow(
        `Port ${port} is taken: another process listens on 127.0.0.1:${port}`,
      );
      await alive();
    });
  });

  describe('a request that a page of another site could send', () => {
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(system.endpoint);
        request({ hostname, port, path: '/_local/health', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });

    test('with a foreign Host is refused', async () => {
      expect(await ask({ host: 'orders.example' })).toBe(403);
    });
    test('with a foreign Origin is refused', async () => {
      expect(await ask({ origin: 'https://orders.example' })).toBe(403);
    });
    test('with its own Origin is served', async () => {
      expect(await ask({ origin: system.endpoint })).toBe(200);
    });
  });

  describe("an order's trace", () => {
    test('of an order that nobody placed is a 404', async () => {
      expect((await fetch(`${system.endpoint}/_local/orders/nothing/trace`)).status).toBe(404);
    });
    test.each(['-1', 'soon', '1e3', '60001'])('with settleMs=%s is a 400', async (settleMs) => {
      const response = await fetch(`${system.endpoint}/_local/orders/nothing/trace?settleMs=${settleMs}`);
      expect(response.status).toBe(400);
    });
    test('with an id that is no URL encoding is a 404', async () => {
      expect((await fetch(`${system.endpoint}/_local/orders/%E0%A4%A/trace`)).status).toBe(404);
    });
  });
}
