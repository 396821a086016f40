import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import type { HttpRequest } from '../../http.ts';
import type { Iam } from '../../iam.ts';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import {
  arnOf,
  countsOf,
  FakeClock,
  makeContext,
  makeIam,
  makePlan,
  someGrant,
  stepsOf,
} from '../../testing.ts';
import type { Functions, InvokableFunction } from '../function/functions.ts';
import type { LogEvent } from '../logs/logs.ts';
import { createHttpApis } from './http-apis.ts';

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

interface Behind {
  /** What the functions answer. */
  answer?: (event: JsonObject) => unknown;
  iam?: Iam;
  /** What is in the log of the function `f`. */
  lines?: string[];
}

/** An API before the functions `f` and `g`. */
function makeApi(stack: JsonObject, { answer = () => null, iam = makeIam(), lines = [] }: Behind = {}) {
  const invocations: { name: string; event: JsonObject; flowId: string }[] = [];
  const invokable = (name: string): InvokableFunction => ({
    name,
    arn: arnOf('lambda', `function:${name}`),
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
    updateCode() {},
    close: async () => {},
  };
  const logs = {
    events: (group: string) => (group === '/aws/lambda/f' ? lines.map(toLogEvent) : undefined),
  };
  const context = makeContext({ iam, clock: new FakeClock() });
  const apis = createHttpApis(makePlan(stack), context, { functions, logs });
  const call = async (changes: Partial<HttpRequest> = {}) => {
    const response = await apis.handle({
      method: 'GET',
      path: '/dev',
      rawQueryString: '',
      headers: {},
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      ...changes,
    });
    return response && { ...response, body: response.body.toString() };
  };
  const eventOf = async (changes: Partial<HttpRequest>) => {
    await call(changes);
    return invocations.at(-1)?.event;
  };
  const counts = () => countsOf(context, 'AWS/ApiGateway');
  return { apis, call, counts, eventOf, invocations, failures: context.failures, trace: context.trace };
}
const toLogEvent = (message: string, index: number): LogEvent => ({
  eventId: String(index),
  logStreamName: 's',
  timestamp: 0,
  message,
});
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
    const event = await makeApi(api()).eventOf({
      method: 'POST',
      path: '/dev/orders',
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
        time: '22/Nov/2026:12:00:00 +0000',
        timeEpoch: Date.UTC(2026, 10, 22, 12),
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  test.each([
    ['/dev/a%20b', '/dev/a b'],
    ['/dev/%C3%A9', '/dev/é'],
    ['/dev/100%', '/dev/100%'],
  ])('of the path %s has the rawPath %s, decoded as on AWS', async (path, rawPath) => {
    await expect(makeApi(api()).eventOf({ path })).resolves.toMatchObject({
      rawPath,
      requestContext: { http: { path: rawPath } },
    });
  });

  test('has each cookie on its own, with or without a space between them', async () => {
    const event = await makeApi(api()).eventOf({ headers: { cookie: 'a=1;b=2; c=3;' } });
    expect(event?.cookies).toEqual(['a=1', 'b=2', 'c=3']);
  });

  test('of a bare request has no cookies, no query, no parameters and no body', async () => {
    const event = await makeApi(api()).eventOf({});
    for (const name of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(event).not.toHaveProperty(name);
    expect(event?.isBase64Encoded).toBe(false);
  });

  test.each<[string, string | undefined, boolean]>([
    ['JSON', 'application/json; charset=utf-8', false],
    ['text', 'text/csv', false],
    ['XML', 'APPLICATION/XML', false],
    ['no type', undefined, false],
    ['a form', 'application/x-www-form-urlencoded', true],
    ['an image', 'image/png', true],
    ['any other type', 'application/octet-stream', true],
  ])('has a body of %s (%s) in base64: %s', async (_, type, base64) => {
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
  test('is 500 when API Gateway cannot send what the function answers, and that is reported', async () => {
    const { call, failures } = makeApi(api(), { answer: () => ({ statusCode: 200, body: { a: 1 } }) });
    await expect(call()).resolves.toEqual(failed);
    expect(failures).toEqual([
      'GET /dev was not answered by f. The function answered the body {"a":1}; API Gateway takes text: use JSON.stringify',
    ]);
  });

  test('is 500 when the function fails, and the failure is reported with the reason', async () => {
    const { call, failures } = makeApi(api(), {
      answer: () => {
        throw new RangeError('too far');
      },
    });
    await expect(call({ method: 'POST', path: '/dev/orders' })).resolves.toEqual(failed);
    expect(failures).toEqual(['POST /dev/orders was not answered by f. RangeError: too far']);
  });

  test('is 503 when as many invocations run as may', async () => {
    const { call } = makeApi(api(), {
      answer: () => {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', undefined, 429);
      },
    });
    await expect(call()).resolves.toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  const error = (text: string) => `{"level":"ERROR","message":"${text}"}`;
  test.each([
    ['the last error in its log', ['start', error('old'), error('new'), '{"level":"INFO"}'], error('new')],
    ['none when its log has no error', ['start'], 'none'],
  ])('of 500 and above is reported, with %s', async (_, lines, lastError) => {
    const { call, failures } = makeApi(api(), { answer: () => ({ statusCode: 503 }), lines });
    await expect(call()).resolves.toMatchObject({ status: 503 });
    expect(failures).toEqual([
      `GET /dev was answered with 503 by the function f. Its last error, in /aws/lambda/f: ${lastError}`,
    ]);
  });

  test('below 500 is not reported', async () => {
    const { call, failures } = makeApi(api(), { answer: () => ({ statusCode: 499 }) });
    await expect(call()).resolves.toMatchObject({ status: 499 });
    expect(failures).toEqual([]);
  });

  test('is 500 when the API has no permission to invoke the function, and that is reported', async () => {
    const { call, failures, invocations } = makeApi(api(), { iam: makeIam('lambda:InvokeFunction') });
    await expect(call()).resolves.toEqual(failed);
    const source = arnOf('execute-api', '[0-9a-f]{10}/dev/\\$default');
    const denied = `denied: apigateway.amazonaws.com lambda:InvokeFunction ${arnOf('lambda', 'function:f')}`;
    expect(failures).toEqual([
      expect.stringMatching(new RegExp(`^GET /dev was not answered by f\\. ${denied} ${source}$`)),
    ]);
    expect(invocations).toEqual([]);
  });
});

test('a request is a step of its flow, and has its status when it is answered', async () => {
  const { call, invocations, trace } = makeApi(api(), {
    answer() {
      const flow = invocations[0]?.flowId ?? '';
      expect(stepsOf(trace, flow)).toEqual([{ kind: 'request', method: 'GET', path: '/dev', atMs: 0 }]);
      expect(trace.isSettled(flow)).toBe(false);
      return { statusCode: 202 };
    },
  });
  await expect(call()).resolves.toMatchObject({ status: 202 });
  const flow = invocations[0]?.flowId ?? '';
  expect(trace.isSettled(flow)).toBe(true);
  expect(stepsOf(trace, flow)).toMatchObject([{ kind: 'request', status: 202 }]);
});

test('the trace has what a client sent and what it was answered, as far as it is short', async () => {
  const { call, invocations, trace } = makeApi(api(), {
    answer: () => ({ statusCode: 202, body: '{"orderId":"o-1"}' }),
  });
  await call({ rawQueryString: 'a=1', body: Buffer.from('x'.repeat(9_000)) });
  const [begun, ended] = trace.entriesOf(invocations[0]?.flowId ?? '');
  expect(begun).toMatchObject({ activity: { kind: 'request', sent: `?a=1\n${'x'.repeat(3_995)}` } });
  expect(ended).toMatchObject({ outcome: { status: 202, answer: '{"orderId":"o-1"}' } });
});

test('each request is counted by its status, with its latency', async () => {
  const statuses = [200, 404, 429, 500];
  const { call, counts } = makeApi(api(), { answer: () => ({ statusCode: statuses.shift() }) });
  for (let n = 0; n < 4; n += 1) await call();
  expect(counts()).toEqual({ Count: 4, '4xx': 2, '5xx': 1, Latency: expect.any(Number) });
});

test('each request is a flow of its own', async () => {
  const { call, invocations } = makeApi(api());
  await call();
  await call();
  expect(new Set(invocations.map(({ flowId }) => flowId)).size).toBe(2);
});

describe('a route', () => {
  test('takes the path without its stage, and gives the function its parameters', async () => {
    const { call, invocations } = makeApi(api([route('GET /orders/{orderId}')]));
    await call({ path: '/dev/orders/a%20b' });
    expect(invocations[0]?.event).toMatchObject({
      routeKey: 'GET /orders/{orderId}',
      rawPath: '/dev/orders/a b',
      pathParameters: { orderId: 'a b' },
    });
    await expect(call({ path: '/dev/orders' })).resolves.toEqual(notFound);
  });

  test('of the root takes the stage with a slash at the end, and $default takes it without one as well', async () => {
    const { call } = makeApi(api([route('GET /')]));
    await expect(call({ path: '/dev/' })).resolves.toMatchObject({ status: 200 });
    await expect(call({ path: '/dev' })).resolves.toEqual(notFound);
    const { eventOf } = makeApi(api([route('$default'), route('GET /', 'g')]));
    await expect(eventOf({ path: '/dev/' })).resolves.toMatchObject({ routeKey: 'GET /' });
    await expect(eventOf({ path: '/dev' })).resolves.toMatchObject({ routeKey: '$default' });
  });

  test.each(['PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    'of another method leaves %s to $default, and without it API Gateway answers 404, not 405',
    async (method) => {
      const path = '/dev/orders/7';
      const { eventOf } = makeApi(api([route('$default'), route('GET /orders/{orderId}', 'g')]));
      await expect(eventOf({ method, path })).resolves.toMatchObject({ routeKey: '$default' });
      const { call } = makeApi(api([route('GET /orders/{orderId}', 'g')]));
      await expect(call({ method, path })).resolves.toEqual(notFound);
    },
  );

  test('goes to the function of its integration', async () => {
    const { call, invocations } = makeApi(api([route('$default'), route('GET /g', 'g')]));
    await call({ path: '/dev/g' });
    await call();
    expect(invocations.map(({ name }) => name)).toEqual(['g', 'f']);
  });

  test.each([
    ['GET /orders', 'GET', 'GET/orders'],
    ['ANY /orders', 'PUT', 'PUT/orders'],
    ['GET /{proxy+}', 'GET', 'GET/{proxy+}'],
    ['$default', 'GET', '$default'],
  ])('%s needs the permission that it needs on AWS', async (key, method, source) => {
    const asked: (string | undefined)[][] = [];
    const iam: Iam = {
      ...makeIam(),
      authorizeService(...what) {
        asked.push(what);
        return someGrant;
      },
    };
    await makeApi(api([route(key)]), { iam }).call({ method, path: '/dev/orders' });
    expect(asked).toEqual([
      [
        'apigateway.amazonaws.com',
        'lambda:InvokeFunction',
        arnOf('lambda', 'function:f'),
        expect.stringMatching(/^arn:aws:execute-api:/),
      ],
    ]);
    expect(asked[0]?.[3]?.split('/').slice(1).join('/')).toBe(`dev/${source}`);
  });
});

describe('a route with an authorizer', () => {
  const withAuthorizer = (more: JsonObject): JsonObject => ({
    ...api([{ ...route('$default'), ...more }]),
    aws_apigatewayv2_authorizer: {
      door: {
        api_id: '${aws_apigatewayv2_api.api.id}',
        name: 'door',
        authorizer_type: 'JWT',
        identity_sources: ['$request.header.Authorization'],
        jwt_configuration: { issuer: 'http://127.0.0.1:1', audience: ['orders'] },
      },
    },
  });
  const jwt = { authorization_type: 'JWT', authorizer_id: '${aws_apigatewayv2_authorizer.door.id}' };

  test('lets nobody in without a token: the function is not invoked, and the step has the status', async () => {
    const { call, invocations, trace } = makeApi(withAuthorizer(jwt));
    const flows: string[] = [];
    trace.subscribe(({ flowId }) => flows.push(flowId));
    await expect(call()).resolves.toEqual({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: '{"message":"Unauthorized"}',
    });
    expect(invocations).toEqual([]);
    expect(stepsOf(trace, flows[0] ?? '')).toMatchObject([{ kind: 'request', status: 401 }]);
  });

  test('of the type NONE is open', async () => {
    const { call } = makeApi(withAuthorizer({ authorization_type: 'NONE' }));
    await expect(call()).resolves.toMatchObject({ status: 200 });
  });

  test.each<[JsonObject, string]>([
    [
      { authorization_type: 'AWS_IAM' },
      'the local run knows the authorization types NONE and JWT, received "AWS_IAM"',
    ],
    [{ ...jwt, authorizer_id: 'x' }, "its authorizer isn't in the stack, or is that of another API"],
    [{ ...jwt, authorization_scopes: ['a'] }, "the local run doesn't know the argument authorization_scopes"],
  ])('%j is refused, by its address', (more, message) => {
    expect(() => makeApi(withAuthorizer(more))).toThrow(UnsupportedError);
    expect(() => makeApi(withAuthorizer(more))).toThrow(`aws_apigatewayv2_route.r0: ${message}`);
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
  ])('answers a request to %s: %s', async (path, answers) => {
    const { apis, call, invocations } = makeApi(api());
    expect(apis.paths).toEqual(['/dev']);
    expect((await call({ path }))?.status).toBe(answers ? 200 : undefined);
    expect(invocations).toHaveLength(answers ? 1 : 0);
  });
});

describe('the stage $default', () => {
  const stack = (...names: string[]): JsonObject => ({
    ...api([route('GET /orders')]),
    aws_apigatewayv2_stage: Object.fromEntries(
      names.map((name, index) => [
        `s${index}`,
        { api_id: '${aws_apigatewayv2_api.api.id}', name, auto_deploy: true },
      ]),
    ),
  });

  test('is at the root, so the path of its events has no stage in front', async () => {
    const { apis, eventOf } = makeApi(stack('$default'));
    expect(apis.paths).toEqual(['/']);
    await expect(eventOf({ path: '/orders' })).resolves.toMatchObject({
      rawPath: '/orders',
      requestContext: { stage: '$default', http: { path: '/orders' } },
    });
  });

  test('leaves to another stage what is below the name of that stage', async () => {
    const { eventOf } = makeApi(stack('$default', 'dev'));
    for (const [path, stage] of [
      ['/dev/orders', 'dev'],
      ['/orders', '$default'],
    ])
      await expect(eventOf({ path: path ?? '' })).resolves.toMatchObject({ requestContext: { stage } });
  });
});

describe('a stack', () => {
  test.each<[string, JsonObject, string]>([
    [
      'an API of another protocol',
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
      'no payload format, whose default is 1.0',
      api([], { integration: { payload_format_version: null } }),
      'received AWS_PROXY of 1.0 (the default)',
    ],
    [
      'another kind of integration',
      api([], { integration: { integration_type: 'HTTP_PROXY' } }),
      'received HTTP_PROXY of 2.0',
    ],
    [
      'an integration of a function that is not in the stack',
      api([], { integration: { integration_uri: 'arn:x' } }),
      "aws_apigatewayv2_integration.f: its function isn't in the stack",
    ],
    [
      'a route key that an HTTP API refuses',
      api([route('GET orders')]),
      'aws_apigatewayv2_route.r0: route_key is "GET orders"; allowed are $default, or one of ANY, ',
    ],
    [
      'a route to no integration',
      api([{ ...route('$default'), target: 'integrations/x' }]),
      "aws_apigatewayv2_route.r0: its integration isn't in the stack",
    ],
  ])('with %s is refused, by its address', (_, stack, message) => {
    expect(() => makeApi(stack)).toThrow(UnsupportedError);
    expect(() => makeApi(stack)).toThrow(message);
  });
});
