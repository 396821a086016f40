import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Iam } from '../iam.ts';
import type { JsonObject } from '../json.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import { makeEvent, makeIam, makePlan } from '../testing.ts';
import { apiDestinationTarget } from './api-destination.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** An HTTP server that keeps what it gets, and answers all of it alike. */
async function startPartner(status = 202, answer = '') {
  const requests: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ ...(method && { method }), ...(url && { url }), headers, body });
    response.writeHead(status).end(answer);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`, requests };
}

const stack = (endpoint: string, connection: JsonObject = {}, destination: JsonObject = {}): JsonObject => ({
  aws_cloudwatch_event_connection: {
    c: {
      name: 'partner',
      authorization_type: 'API_KEY',
      auth_parameters: { api_key: { key: 'x-api-key', value: 'secret' } },
      ...connection,
    },
  },
  aws_cloudwatch_event_api_destination: {
    d: {
      name: 'partner',
      connection_arn: '${aws_cloudwatch_event_connection.c.arn}',
      http_method: 'POST',
      invocation_endpoint: endpoint,
      ...destination,
    },
  },
});
const rule = { arn: 'arn:rule', roleArn: 'arn:role' };

function makeTarget(resources: JsonObject, iam: Iam = makeIam()) {
  const plan = makePlan(resources);
  const arn = String(plan.resources('aws_cloudwatch_event_api_destination')[0]?.attributes.arn);
  const bind = apiDestinationTarget(plan, iam);
  return { arn, bind, target: bind(arn, rule), deliver: () => bind(arn, rule)?.deliver(makeEvent(), 'flow') };
}

describe('a delivery', () => {
  test.each(['POST', 'PUT'])('is a request by %s, with the key, its body the event', async (http_method) => {
    const { endpoint, requests } = await startPartner();
    const { deliver, target } = makeTarget(stack(endpoint, {}, { http_method }));
    await deliver();
    expect(target?.description).toBe('API destination partner');
    expect(requests).toEqual([
      {
        method: http_method,
        url: '/orders',
        headers: expect.objectContaining({
          'x-api-key': 'secret',
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Amazon/EventBridge/ApiDestinations',
        }),
        body: JSON.stringify(makeEvent()),
      },
    ]);
  });

  test.each([
    [401, 'wrong key'],
    [500, 'broken'],
    [404, ''],
  ])('that gets %d fails, with the address, the status and the text', async (status, text) => {
    const { endpoint } = await startPartner(status, text);
    await expect(makeTarget(stack(endpoint)).deliver()).rejects.toThrow(
      `POST ${endpoint} answered ${status}: ${text}`,
    );
  });

  test('that gets an answer with a line break at its end tells it in one line', async () => {
    const { endpoint } = await startPartner(401, 'wrong key\n');
    const error = await makeTarget(stack(endpoint)).deliver()?.catch(String);
    expect(String(error)).toMatch(/answered 401: wrong key$/);
  });

  test('that gets a long answer tells its beginning only', async () => {
    const { endpoint } = await startPartner(500, 'x'.repeat(1_000));
    const error = await makeTarget(stack(endpoint)).deliver()?.catch(String);
    expect(String(error)).toMatch(/: x{200}$/);
  });

  test('that gets no connection fails, with the address and the reason', async () => {
    const { endpoint } = await startPartner();
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const refused = expect.stringContaining('ECONNREFUSED');
    const error = makeTarget(stack(endpoint)).deliver();
    await expect(error).rejects.toMatchObject({ message: refused });
    await expect(error).rejects.toMatchObject({ message: expect.stringContaining(`POST ${endpoint}`) });
  });

  test.each<[keyof Iam, string]>([
    ['authorizeAssume', 'denied: events.amazonaws.com arn:role'],
    ['authorizeRole', 'denied: arn:role events:InvokeApiDestination '],
  ])('that %s denies sends nothing', async (method, message) => {
    const { endpoint, requests } = await startPartner();
    const { arn, deliver } = makeTarget(stack(endpoint), makeIam(method));
    await expect(deliver()).rejects.toThrow(method === 'authorizeRole' ? message + arn : message);
    expect(requests).toEqual([]);
  });
});

describe('a stack', () => {
  test('without a role for the target is refused', () => {
    const { arn, bind } = makeTarget(stack('http://x'));
    expect(() => bind(arn, { arn: 'arn:rule', roleArn: undefined })).toThrow(
      `the target ${arn} needs a role_arn`,
    );
  });

  test('with a target of another ARN has none here', () => {
    expect(makeTarget(stack('http://x')).bind('arn:other', rule)).toBeUndefined();
  });

  test.each<[string, JsonObject, JsonObject, string]>([
    [
      'basic authorization',
      { authorization_type: 'BASIC' },
      {},
      'connection.c: the local run knows the authorization API_KEY, received BASIC',
    ],
    [
      'further parameters',
      { auth_parameters: { api_key: { key: 'a', value: 'b' }, invocation_http_parameters: {} } },
      {},
      'connection.c: ',
    ],
    ['a key that is no text', { auth_parameters: { api_key: { key: 'a', value: 1 } } }, {}, 'connection.c: '],
    [
      'a connection that is not there',
      {},
      { connection_arn: 'arn:x' },
      "destination.d: its connection isn't in the stack",
    ],
  ])('with %s is refused', (_, connection, destination, message) => {
    const make = () => makeTarget(stack('http://x', connection, destination));
    expect(make).toThrow(UnsupportedError);
    expect(make).toThrow(message);
  });
});
