import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createFaults } from '../../faults/faults.ts';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { DeliveryError, HttpParameters, TargetOf } from '../../target.ts';
import { deliverTo, FakeClock, makeContext, makeEvent, makeIam, makePlan, systemIds } from '../../testing.ts';
import { createApiDestinations } from './api-destinations.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** An HTTP server that keeps the requests it gets, and answers all of them alike. */
async function startPartner(
  answer: (response: ServerResponse) => void = (response) => response.writeHead(202).end(),
) {
  const requests: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ ...(method && { method }), ...(url && { url }), headers, body });
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`, requests };
}
const startFailingPartner = (status: number, text: string) =>
  startPartner((response) => response.writeHead(status).end(text));

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
const rule = { ruleArn: 'arn:rule', roleArn: 'arn:role' };

/** The API destination of a stack as a target, on a clock that moves only when a test moves it. */
function makeTarget(resources: JsonObject, ...denied: string[]) {
  return makeTargetOf(rule, resources, ...denied);
}

function makeTargetOf(of: TargetOf, resources: JsonObject, ...denied: string[]) {
  const plan = makePlan(resources);
  const arn = String(plan.resources('aws_cloudwatch_event_api_destination')[0]?.attributes.arn);
  const clock = new FakeClock();
  const bind = createApiDestinations(plan, makeContext({ clock, iam: makeIam(...denied) })).target;
  const target = bind?.(arn, of);
  return { arn, bind, clock, target, deliver: () => deliverTo(target, makeEvent(), 'flow') };
}

describe('a delivery', () => {
  test.each(['POST', 'PUT'])('is a %s request with the key, whose body is the event', async (http_method) => {
    const { endpoint, requests } = await startPartner();
    const { deliver, target } = makeTarget(stack(endpoint, {}, { http_method }));
    await deliver();
    expect(target?.description).toBe('API destination partner');
    expect(requests).toEqual([
      {
        method: http_method,
        url: '/orders',
        headers: {
          'x-api-key': 'secret',
          'content-type': 'application/json; charset=utf-8',
          'content-length': String(Buffer.byteLength(JSON.stringify(makeEvent()))),
          'user-agent': 'Amazon/EventBridge/ApiDestinations',
          range: 'bytes=0-1048575',
          'accept-encoding': 'gzip,deflate',
          connection: 'close',
          host: new URL(endpoint).host,
        },
        body: JSON.stringify(makeEvent()),
      },
    ]);
  });

  test.each(['GET', 'HEAD'])('is a %s request without a body', async (http_method) => {
    const { endpoint, requests } = await startPartner();
    await makeTarget(stack(endpoint, {}, { http_method })).deliver();
    expect(requests).toMatchObject([{ method: http_method, body: '', headers: { 'x-api-key': 'secret' } }]);
    expect(requests[0]?.headers['content-type']).toBeUndefined();
  });

  test('has the user and the password of a connection with basic authorization', async () => {
    const { endpoint, requests } = await startPartner();
    const connection = {
      authorization_type: 'BASIC',
      auth_parameters: { basic: { username: 'shop', password: 'a:b' } },
    };
    await makeTarget(stack(endpoint, connection)).deliver();
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa('shop:a:b')}`);
  });

  describe('with what the target adds', () => {
    const add = (parameters: Partial<HttpParameters>) => ({
      ...rule,
      http: { path: [], headers: {}, query: {}, ...parameters },
    });
    const apiKey = { api_key: { key: 'x-api-key', value: 'secret' } };

    test('goes to a path with values of the event, in their order', async () => {
      const { endpoint, requests } = await startPartner();
      const of = add({ path: ['$.detail.location', 'a b', '$.detail.orderId'] });
      await makeTargetOf(of, stack(`${endpoint}/*/*/*`)).deliver();
      expect(requests[0]?.url).toBe('/orders/eu-west/a%20b/o-1');
    });

    test('has its headers and its query; what the event lacks is empty', async () => {
      const { endpoint, requests } = await startPartner();
      const of = add({
        headers: { 'x-order': '$.detail.orderId', 'x-none': '$.detail.none' },
        query: { a: '1 2' },
      });
      await makeTargetOf(of, stack(endpoint)).deliver();
      expect(requests[0]).toMatchObject({
        url: '/orders?a=1+2',
        headers: { 'x-order': 'o-1', 'x-none': '' },
      });
    });

    test('has those of the connection as well, which wins where both have one', async () => {
      const { endpoint, requests } = await startPartner();
      const invocation_http_parameters = {
        header: [{ key: 'x-shop', value: 'of the connection' }],
        query_string: { key: 'a', value: 'of the connection' },
      };
      const of = add({ headers: { 'x-shop': 'of the target' }, query: { a: 'of the target', b: '2' } });
      const connection = { auth_parameters: { ...apiKey, invocation_http_parameters } };
      await makeTargetOf(of, stack(endpoint, connection)).deliver();
      expect(requests[0]?.headers).toMatchObject({ 'x-shop': 'of the connection', 'x-api-key': 'secret' });
      expect(requests[0]?.url).toBe('/orders?a=of+the+connection&b=2');
    });

    test('sets its own Content-Type, and none of the other headers that EventBridge sets', async () => {
      const { endpoint, requests } = await startPartner();
      const of = add({
        headers: {
          'Content-Type': 'text/plain',
          Range: 'bytes=1-',
          'User-Agent': 'shop',
          Host: 'elsewhere',
          'Content-Length': '1',
        },
      });
      await makeTargetOf(of, stack(endpoint)).deliver();
      expect(requests[0]).toMatchObject({
        headers: {
          'content-type': 'text/plain',
          range: 'bytes=0-1048575',
          'user-agent': 'Amazon/EventBridge/ApiDestinations',
          host: new URL(endpoint).host,
        },
        body: JSON.stringify(makeEvent()),
      });
    });

    test('is refused for a path that EventBridge does not take', () => {
      const of = add({ headers: { 'x-a': '$.detail[?(@.a)]' } });
      expect(() => makeTargetOf(of, stack('http://x'))).toThrow("isn't a path that EventBridge takes");
    });
  });

  test('that is made to fail gets 503, is tried again, and reaches nobody', async () => {
    const { endpoint, requests } = await startPartner();
    const context = makeContext();
    const { trace } = context;
    const faults = createFaults({ seed: 7, probabilities: { 'partner-down': 1 } }, trace, systemIds);
    const plan = makePlan(stack(endpoint));
    const arn = String(plan.resources('aws_cloudwatch_event_api_destination')[0]?.attributes.arn);
    const target = createApiDestinations(plan, { ...context, faults }).target?.(arn, rule);
    await expect(deliverTo(target, makeEvent(), trace.newFlow())).rejects.toMatchObject({
      code: 'SDK_CLIENT_ERROR',
      retry: true,
      message: `POST ${endpoint} answered 503: an injected fault`,
    });
    expect(requests).toEqual([]);
  });

  test.each([
    [401, 'wrong key'],
    [500, 'broken'],
    [404, ''],
  ])('that is answered with %d fails, with the address, the status and the text', async (status, text) => {
    const { endpoint } = await startFailingPartner(status, text);
    await expect(makeTarget(stack(endpoint)).deliver()).rejects.toThrow(
      `POST ${endpoint} answered ${status}: ${text}`,
    );
  });

  test.each([301, 302, 303, 307, 308])(
    'that is redirected with %d fails, and the event and the key go nowhere else',
    async (status) => {
      const { endpoint: elsewhere, requests: strays } = await startPartner();
      const { endpoint, requests } = await startPartner((response) =>
        response.writeHead(status, { location: elsewhere }).end('moved'),
      );
      await expect(makeTarget(stack(endpoint)).deliver()).rejects.toThrow(
        `POST ${endpoint} answered ${status}: moved`,
      );
      expect(requests).toHaveLength(1);
      expect(strays).toEqual([]);
    },
  );

  test.each<[string, string | undefined, { retry: boolean; notBeforeMs: number }]>([
    ['no Retry-After', undefined, { retry: true, notBeforeMs: 0 }],
    ['a number of seconds', '120', { retry: true, notBeforeMs: 120_000 }],
    ['a date', 'in 60 seconds', { retry: true, notBeforeMs: 60_000 }],
    ['a date that is over', new Date(0).toUTCString(), { retry: true, notBeforeMs: 0 }],
    ['a negative number', '-1', { retry: false, notBeforeMs: 0 }],
    ['what is neither', 'soon', { retry: true, notBeforeMs: 0 }],
  ])('that is answered with 503 and %s is tried again as that says', async (_, header, expected) => {
    const { endpoint } = await startPartner((response) => {
      const now = Math.ceil(clock.now() / 1_000) * 1_000;
      const value = header === 'in 60 seconds' ? new Date(now + 60_000).toUTCString() : header;
      response.writeHead(503, value === undefined ? {} : { 'retry-after': value }).end();
    });
    const { deliver, clock } = makeTarget(stack(endpoint));
    const error = (await deliver().catch((thrown: unknown) => thrown)) as DeliveryError;
    expect(error.retry).toBe(expected.retry);
    expect(Math.floor(error.notBeforeMs / 1_000) * 1_000).toBe(expected.notBeforeMs);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('reports an answer in %s', async (encoding, encode) => {
    const { endpoint } = await startPartner((response) =>
      response.writeHead(404, { 'content-encoding': encoding }).end(encode('no such order')),
    );
    await expect(makeTarget(stack(endpoint)).deliver()).rejects.toThrow('answered 404: no such order');
  });

  test.each(['gzip', 'deflate'])(
    'takes an empty answer that is said to be in %s for one',
    async (encoding) => {
      const { endpoint } = await startPartner((response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(),
      );
      await makeTarget(stack(endpoint)).deliver();
    },
  );

  test('reports an answer that ends with a line break in one line', async () => {
    const { endpoint } = await startFailingPartner(401, 'wrong key\n');
    const error = await makeTarget(stack(endpoint)).deliver().catch(String);
    expect(String(error)).toMatch(/answered 401: wrong key$/);
  });

  test('reports only the beginning of a long answer', async () => {
    const { endpoint } = await startFailingPartner(500, 'x'.repeat(1_000));
    const error = await makeTarget(stack(endpoint)).deliver().catch(String);
    expect(String(error)).toMatch(/: x{200}$/);
  });

  test('that finds nobody listening fails, with the address and the reason', async () => {
    const { endpoint } = await startPartner();
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const refused = expect.stringContaining('ECONNREFUSED');
    const error = makeTarget(stack(endpoint)).deliver();
    await expect(error).rejects.toMatchObject({ message: refused });
    await expect(error).rejects.toMatchObject({ message: expect.stringContaining(`POST ${endpoint}`) });
  });

  describe('whose partner is slow', () => {
    /** Delivers, and moves the clock to the end of the partner's five seconds. */
    async function runOutOfTime(answer: (response: ServerResponse) => void, isWaiting: () => Promise<void>) {
      const { endpoint } = await startPartner(answer);
      const { deliver, clock } = makeTarget(stack(endpoint));
      let failed = false;
      const delivery = deliver().catch((error: unknown) => {
        failed = true;
        return String(error);
      });
      await isWaiting();
      clock.advance(4_999);
      await new Promise(setImmediate);
      expect([failed, clock.timers]).toEqual([false, 1]);
      clock.advance(1);
      return { endpoint, error: await delivery };
    }

    test('fails after 5 seconds without an answer, with the address', async () => {
      const asked = Promise.withResolvers<void>();
      const { endpoint, error } = await runOutOfTime(
        () => asked.resolve(),
        () => asked.promise,
      );
      expect(error).toContain(`POST ${endpoint} gave no answer within 5 seconds`);
    });

    test('fails after 5 seconds with an answer that never ends, with the address', async () => {
      const answered = Promise.withResolvers<void>();
      const onAnswer = () => answered.resolve();
      subscribe('http.client.response.finish', onAnswer);
      const { endpoint, error } = await runOutOfTime(
        (response) => response.writeHead(202).write('…'),
        // Until only the body of the answer is missing.
        () => answered.promise,
      );
      unsubscribe('http.client.response.finish', onAnswer);
      expect(error).toContain(`POST ${endpoint} gave no answer within 5 seconds`);
    });
  });

  test.each([202, 500])('that is answered with %d leaves no timer behind', async (status) => {
    const { endpoint } = await startFailingPartner(status, '');
    const { deliver, clock } = makeTarget(stack(endpoint));
    await deliver().catch(() => {});
    expect(clock.timers).toBe(0);
  });

  test.each([
    ['sts:AssumeRole', () => 'denied: events.amazonaws.com sts:AssumeRole arn:role arn:rule'],
    ['events:InvokeApiDestination', (arn: string) => `denied: arn:role events:InvokeApiDestination ${arn}`],
  ])('sends nothing without the permission for %s', async (action, messageOf) => {
    const { endpoint, requests } = await startPartner();
    const { arn, deliver } = makeTarget(stack(endpoint), action);
    await expect(deliver()).rejects.toThrow(messageOf(arn));
    expect(requests).toEqual([]);
  });
});

describe('a stack', () => {
  test('without a role for the target is refused', () => {
    const { arn, bind } = makeTarget(stack('http://x'));
    expect(() => bind?.(arn, { ruleArn: 'arn:rule', roleArn: undefined })).toThrow(
      `the target ${arn} needs a role_arn`,
    );
  });

  test("has no target here for another service's ARN", () => {
    expect(makeTarget(stack('http://x')).bind?.('arn:other', rule)).toBeUndefined();
  });

  test.each<[string, JsonObject, JsonObject, string]>([
    [
      'basic authorization without a user',
      { authorization_type: 'BASIC' },
      {},
      'connection.c: auth_parameters has to have basic, with username and password, for the authorization type BASIC',
    ],
    [
      'OAuth',
      { authorization_type: 'OAUTH_CLIENT_CREDENTIALS', auth_parameters: { oauth: {} } },
      {},
      'connection.c: the local run asks no OAuth server for tokens; it knows the authorization types API_KEY and BASIC',
    ],
    [
      'parameters of the body',
      {
        auth_parameters: {
          api_key: { key: 'a', value: 'b' },
          invocation_http_parameters: { body: { key: 'a', value: 'b' } },
        },
      },
      {},
      "connection.c: the local run doesn't know body of invocation_http_parameters. It knows header, query_string",
    ],
    [
      'a place in its address that nothing takes',
      {},
      { invocation_endpoint: 'http://x/orders/*' },
      'its endpoint http://x/orders/* has 1 of "*", and http_target has 0 path_parameter_values',
    ],
    [
      'a key that is not text',
      { auth_parameters: { api_key: { key: 'a', value: 1 } } },
      {},
      'connection.c: ',
    ],
    [
      'a connection that is not in the stack',
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
