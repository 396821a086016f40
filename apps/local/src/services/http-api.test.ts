import { describe, expect, test } from '@jest/globals';
import type { Iam } from '../iam.ts';
import type { JsonObject } from '../json.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import { arnOf, makeIam, makePlan } from '../testing.ts';
import { Trace } from '../trace.ts';
import type { Functions, InvokableFunction } from './function/functions.ts';
import { type ApiRequest, createHttpApis } from './http-api.ts';

const uri = (name: string) => `arn:invoke:${name}`;
const route = (route_key: string, to = 'f'): JsonObject => ({
  api_id: '${aws_apigatewayv2_api.api.id}',
  route_key,
  target: `integrations/\${aws_apigatewayv2_integration.${to}.id}`,
});
const integration = (to: string, more: JsonObject = {}): JsonObject => ({
  api_id: '${aws_apigatewayv2_api.api.id}',
  integration_type: 'AWS_PROXY',
  integration_uri: uri(to),
  payload_format_version: '2.0',
  ...more,
});
const api = (
  routes: JsonObject[] = [route('$default')],
  changes: Record<string, JsonObject> = {},
): JsonObject => ({
  aws_apigatewayv2_api: { api: { name: 'orders', protocol_type: 'HTTP', ...changes.api } },
  aws_apigatewayv2_integration: { f: integration('f', changes.integration), g: integration('g') },
  aws_apigatewayv2_route: Object.fromEntries(routes.map((item, index) => [`r${index}`, item])),
  aws_apigatewayv2_stage: {
    dev: { api_id: '${aws_apigatewayv2_api.api.id}', name: 'dev', auto_deploy: true, ...changes.stage },
  },
});

/** An API before the functions f and g, which answer with `answer`. */
function makeApi(
  stack: JsonObject,
  answer: (event: JsonObject) => unknown = () => null,
  iam: Iam = makeIam(),
) {
  const invocations: { name: string; event: JsonObject; flowId: string }[] = [];
  const invokable = (name: string): InvokableFunction => ({
    name,
    logGroup: `/aws/lambda/${name}`,
    async invoke(payload, flowId) {
      const event = payload as JsonObject;
      invocations.push({ name, event, flowId });
      return answer(event);
    },
  });
  const functions: Functions = {
    find: (arn) => ['f', 'g'].filter((name) => uri(name) === arn).map(invokable)[0],
    target: () => undefined,
    roleOfAccessKey: () => undefined,
    close() {},
  };
  const trace = new Trace();
  const failures: string[] = [];
  const apis = createHttpApis(makePlan(stack), {
    iam,
    trace,
    functions,
    logs: { groups: () => [], groupOf: () => undefined, append() {}, events: () => [] },
    onFailure: (message) => failures.push(message),
  });
  const call = async (changes: Partial<ApiRequest> = {}) => {
    const response = await apis.handle({
      method: 'GET',
      rawPath: '/dev',
      rawQueryString: '',
      headers: {},
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      ...changes,
    });
    return { ...response, body: response.body.toString() };
  };
  const eventOf = async (changes: Partial<ApiRequest>) => {
    await call(changes);
    return invocations.at(-1)?.event;
  };
  return { apis, call, eventOf, invocations, failures, trace };
}
const notFound = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Not Found"}',
};
const failed = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Internal Server Error"}',
};

describe('an event', () => {
  test('has the payload format 2.0', async () => {
    const before = Date.now();
    const event = await makeApi(api()).eventOf({
      method: 'POST',
      rawPath: '/dev/orders',
      rawQueryString: 'a=1&b=x%20y&a=2&c',
      headers: {
        host: '127.0.0.1:4000',
        'user-agent': 'test',
        cookie: 'a=1; b=2',
        'content-type': 'application/json',
        'set-cookie': ['x', 'y'],
      },
      body: Buffer.from('{"é":1}'),
    });
    const apiId = expect.stringMatching(/^[0-9a-f]{10}$/);
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/dev/orders',
      rawQueryString: 'a=1&b=x%20y&a=2&c',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: '127.0.0.1:4000',
        'user-agent': 'test',
        'content-type': 'application/json',
        'set-cookie': 'x,y',
      },
      queryStringParameters: { a: '1,2', b: 'x y', c: '' },
      requestContext: {
        accountId: '000000000000',
        apiId,
        domainName: '127.0.0.1:4000',
        domainPrefix: apiId,
        http: {
          method: 'POST',
          path: '/dev/orders',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: '$default',
        stage: 'dev',
        time: expect.any(String),
        timeEpoch: expect.any(Number),
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect(Number(Object(event?.requestContext).timeEpoch)).toBeGreaterThanOrEqual(before);
  });

  test('of a bare request has no cookies, no query and no body', async () => {
    const event = await makeApi(api()).eventOf({});
    for (const name of ['cookies', 'queryStringParameters', 'body']) expect(event).not.toHaveProperty(name);
    expect(event?.isBase64Encoded).toBe(false);
  });

  test.each<[string, string | undefined, boolean]>([
    ['JSON', 'application/json; charset=utf-8', false],
    ['text', 'text/csv', false],
    ['XML', 'APPLICATION/XML', false],
    ['no type', undefined, false],
    ['a form', 'application/x-www-form-urlencoded', true],
    ['an image', 'image/png', true],
    ['anything', 'application/octet-stream', true],
  ])('has a body of %s in base64: %s → %s', async (_, type, base64) => {
    const body = Buffer.from([0x61, 0x3d, 0x31, ...(base64 ? [0xff] : [])]);
    const event = await makeApi(api()).eventOf({
      method: 'POST',
      body,
      headers: type ? { 'content-type': type } : {},
    });
    expect(event).toMatchObject({ isBase64Encoded: base64, body: body.toString(base64 ? 'base64' : 'utf8') });
  });
});

describe('a response', () => {
  test.each<[string, unknown, object]>([
    [
      'is what the function says',
      { statusCode: 201, headers: { 'X-A': 'b', n: 1 }, cookies: ['a=1'], body: 'é' },
      { status: 201, headers: { 'x-a': 'b', n: '1' }, cookies: ['a=1'], body: 'é' },
    ],
    [
      'is decoded from base64',
      { statusCode: 200, body: 'YWI=', isBase64Encoded: true },
      { status: 200, headers: {}, body: 'ab' },
    ],
    [
      'is not decoded without the flag',
      { statusCode: 200, body: 'YWI=' },
      { status: 200, headers: {}, body: 'YWI=' },
    ],
    ['may be a status alone', { statusCode: 204 }, { status: 204, headers: {}, body: '' }],
    [
      'without a statusCode is the JSON of what was returned',
      { a: 1 },
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
    ],
    [
      'of a list is its JSON',
      [1],
      { status: 200, headers: { 'content-type': 'application/json' }, body: '[1]' },
    ],
    [
      'of a string is the string',
      'hello',
      { status: 200, headers: { 'content-type': 'application/json' }, body: 'hello' },
    ],
    [
      'of nothing is null',
      undefined,
      { status: 200, headers: { 'content-type': 'application/json' }, body: 'null' },
    ],
  ])('%s', async (_, result, response) => {
    await expect(makeApi(api(), () => result).call()).resolves.toEqual(response);
  });

  test('is 500 when the function fails, which is told with the reason', async () => {
    const { call, failures, trace } = makeApi(api(), () => {
      throw new RangeError('too far');
    });
    trace.onOrder(() => {});
    await expect(call({ method: 'POST', rawPath: '/dev/orders' })).resolves.toEqual(failed);
    expect(failures).toEqual([
      expect.stringMatching(/^POST \/dev\/orders was not answered by f\. .*too far$/),
    ]);
  });

  test('is 500 when the API may not invoke the function, which is told', async () => {
    const { call, failures, invocations } = makeApi(api(), undefined, makeIam('authorizeInvoke'));
    await expect(call()).resolves.toEqual(failed);
    const source = arnOf('execute-api', '[0-9a-f]{10}/dev/\\$default');
    expect(failures).toEqual([
      expect.stringMatching(new RegExp(`denied: apigateway.amazonaws.com f ${source}$`)),
    ]);
    expect(invocations).toEqual([]);
  });
});

test('a request is a step of its flow, first without and then with its status', async () => {
  const { call, invocations, trace } = makeApi(api(), () => {
    const flow = invocations[0]?.flowId ?? '';
    trace.link(flow, 'o');
    expect(trace.order('o')?.steps).toEqual([{ kind: 'request', method: 'GET', path: '/dev', atMs: 0 }]);
    expect(trace.order('o')?.settled).toBe(false);
    return { statusCode: 202 };
  });
  await call();
  expect(trace.order('o')).toMatchObject({ settled: true, steps: [{ status: 202 }] });
});

describe('a route', () => {
  test.each<[string, string[], string, string, string | undefined]>([
    ['$default takes every path', ['$default'], 'GET', '/dev/any/path', '$default'],
    ['of a method and a path takes them', ['GET /orders'], 'GET', '/dev/orders', 'GET /orders'],
    ['of the root takes the stage alone', ['GET /'], 'GET', '/dev', 'GET /'],
    ['of the root takes the stage with a slash', ['GET /'], 'GET', '/dev/', 'GET /'],
    ['takes no other method', ['GET /orders'], 'POST', '/dev/orders', undefined],
    ['takes no other path', ['GET /orders'], 'GET', '/dev/orders/1', undefined],
    ['of ANY takes every method', ['ANY /orders'], 'PUT', '/dev/orders', 'ANY /orders'],
    ['of a path comes before $default', ['GET /a', '$default'], 'GET', '/dev/a', 'GET /a'],
    ['of ANY comes before $default', ['ANY /a', '$default'], 'GET', '/dev/a', 'ANY /a'],
    ['of a method comes before ANY', ['ANY /a', 'GET /a', '$default'], 'GET', '/dev/a', 'GET /a'],
    ['of another path leaves it to $default', ['GET /a', '$default'], 'GET', '/dev/b', '$default'],
  ])('%s', async (_, keys, method, rawPath, routeKey) => {
    const { call, invocations } = makeApi(api(keys.map((key) => route(key))));
    const response = await call({ method, rawPath });
    expect(invocations.map(({ event }) => event.routeKey)).toEqual(routeKey === undefined ? [] : [routeKey]);
    if (routeKey === undefined) expect(response).toEqual(notFound);
  });

  test('goes to the function of its integration', async () => {
    const { call, invocations } = makeApi(api([route('$default'), route('GET /g', 'g')]));
    await call({ rawPath: '/dev/g' });
    await call();
    expect(invocations.map(({ name }) => name)).toEqual(['g', 'f']);
  });

  test.each([
    ['GET /orders', 'GET', 'GET/orders'],
    ['ANY /orders', 'PUT', 'PUT/orders'],
    ['$default', 'GET', '$default'],
  ])('%s asks the permission that AWS asks', async (key, method, source) => {
    const asked: string[] = [];
    const iam = { ...makeIam(), authorizeInvoke: (...what: string[]) => asked.push(what[2] ?? '') };
    await makeApi(api([route(key)]), undefined, iam).call({ method, rawPath: '/dev/orders' });
    expect(asked).toEqual([expect.stringMatching(/^arn:aws:execute-api:/)]);
    expect(asked[0]?.split('/').slice(1).join('/')).toBe(`dev/${source}`);
  });
});

describe('a stage', () => {
  test.each([
    ['/dev', true],
    ['/dev/', true],
    ['/dev/orders', true],
    ['/development', false],
    ['/', false],
    ['/prod', false],
  ])('serves the path %s: %s', async (path, serves) => {
    const { apis, call } = makeApi(api());
    expect(apis.paths).toEqual(['/dev']);
    expect(apis.serves(path)).toBe(serves);
    expect((await call({ rawPath: path })).status).toBe(serves ? 200 : 404);
  });
});

describe('what is refused, by its address', () => {
  test.each<[string, JsonObject, string]>([
    [
      'another protocol',
      api([], { api: { protocol_type: 'WEBSOCKET' } }),
      'aws_apigatewayv2_stage.dev: the local run knows stages of HTTP APIs',
    ],
    [
      'a stage of no API',
      api([], { stage: { api_id: 'none' } }),
      'aws_apigatewayv2_stage.dev: the local run knows stages of HTTP APIs',
    ],
    [
      'a stage without auto_deploy',
      api([], { stage: { auto_deploy: false } }),
      'aws_apigatewayv2_stage.dev: the local run knows stages with auto_deploy = true',
    ],
    [
      'the payload format 1.0',
      api([], { integration: { payload_format_version: '1.0' } }),
      'aws_apigatewayv2_integration.f: the local run knows AWS_PROXY integrations of payload format 2.0, received AWS_PROXY of 1.0',
    ],
    [
      'no payload format, which is 1.0',
      api([], { integration: { payload_format_version: null } }),
      'received AWS_PROXY of 1.0 (the default)',
    ],
    [
      'another kind of integration',
      api([], { integration: { integration_type: 'HTTP_PROXY' } }),
      'received HTTP_PROXY of 2.0',
    ],
    [
      'an integration of a function that is not there',
      api([], { integration: { integration_uri: 'arn:x' } }),
      "aws_apigatewayv2_integration.f: its function isn't in the stack",
    ],
    [
      'a path parameter',
      api([route('GET /orders/{id}')]),
      'aws_apigatewayv2_route.r0: the local run knows no path parameters, received GET /orders/{id}',
    ],
    [
      'a route to no integration',
      api([{ ...route('$default'), target: 'integrations/x' }]),
      "aws_apigatewayv2_route.r0: its integration isn't in the stack",
    ],
  ])('%s', (_, stack, message) => {
    expect(() => makeApi(stack)).toThrow(UnsupportedError);
    expect(() => makeApi(stack)).toThrow(message);
  });
});
