import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { HttpApi } from './http-api.ts';
import { NodeFunction } from './node-function.ts';

const jwt = { issuer: 'https://login.shop.example/', audience: 'orders' };
const makeApi = (corsOrigins: string[] = [], access?: typeof jwt) =>
  smallStack((stack) => {
    const handler = new NodeFunction(stack, 'producer', { name: 'f', environment: {}, allow: [] });
    const reader = new NodeFunction(stack, 'reader', {
      app: 'producer',
      name: 'r',
      environment: {},
      allow: [],
    });
    const throttle = { requestsPerSecond: 5, burst: 10 };
    const routes = { 'GET /orders/{orderId}': reader };
    new HttpApi(stack, 'api', {
      name: 'shop',
      stage: 'dev',
      handler,
      routes,
      jwt: access,
      throttle,
      corsOrigins,
    });
  });

test('an API hands every method and path that has no route to its function, in the payload format 2.0', () => {
  const resources = makeApi();
  expect(resources['api/api']).toEqual({
    resource: 'aws_apigatewayv2_api',
    name: 'shop',
    protocol_type: 'HTTP',
  });
  expect(resources['api/route']).toEqual({
    resource: 'aws_apigatewayv2_route',
    api_id: '<api/api.id>',
    route_key: '$default',
    target: 'integrations/<api/integration.id>',
  });
  expect(resources['api/integration']).toEqual({
    resource: 'aws_apigatewayv2_integration',
    api_id: '<api/api.id>',
    integration_type: 'AWS_PROXY',
    integration_uri: '<producer/function.invoke_arn>',
    payload_format_version: '2.0',
  });
});

test('an API may invoke its function by the route $default of its stage, and by no other', () => {
  expect(makeApi()['api/permission']).toEqual({
    resource: 'aws_lambda_permission',
    function_name: '<producer/function.function_name>',
    action: 'lambda:InvokeFunction',
    principal: 'apigateway.amazonaws.com',
    source_arn: '<api/api.execution_arn>/dev/$default',
  });
});

test('an API of an issuer takes its tokens for the audience, by the header Authorization, and no request without', () => {
  const resources = makeApi([], jwt);
  expect(resources['api/authorizer']).toEqual({
    resource: 'aws_apigatewayv2_authorizer',
    api_id: '<api/api.id>',
    name: 'jwt',
    authorizer_type: 'JWT',
    identity_sources: ['$request.header.Authorization'],
    jwt_configuration: { issuer: 'https://login.shop.example/', audience: ['orders'] },
  });
  expect(resources['api/route']).toMatchObject({
    authorization_type: 'JWT',
    authorizer_id: '<api/authorizer.id>',
  });
  expect(resources['api/reader/route']).toMatchObject({ authorizer_id: '<api/authorizer.id>' });
});

test('an API with tokens and origins is refused, since browsers send no token in their first request', () => {
  expect(() => makeApi(['https://shop.example'], jwt)).toThrow(
    'The API shop has origins (https://shop.example) and asks for tokens',
  );
});

test('a route of its own has its function, which the API may invoke by that route, and by no other', () => {
  const resources = makeApi();
  expect(resources['api/reader/route']).toMatchObject({
    api_id: '<api/api.id>',
    route_key: 'GET /orders/{orderId}',
    target: 'integrations/<api/reader/integration.id>',
  });
  expect(resources['api/reader/integration']).toMatchObject({
    integration_uri: '<reader/function.invoke_arn>',
    payload_format_version: '2.0',
  });
  expect(resources['api/reader/permission']).toMatchObject({
    function_name: '<reader/function.function_name>',
    principal: 'apigateway.amazonaws.com',
    source_arn: '<api/api.execution_arn>/dev/GET/orders/{orderId}',
  });
});

test('a stage deploys by itself, after its routes, throttled, with an access log', () => {
  const resources = makeApi();
  expect(resources['api/stage']).toEqual({
    resource: 'aws_apigatewayv2_stage',
    api_id: '<api/api.id>',
    name: 'dev',
    auto_deploy: true,
    default_route_settings: { throttling_burst_limit: 10, throttling_rate_limit: 5 },
    access_log_settings: {
      destination_arn: '<api/access-log.arn>',
      format: expect.objectContaining({ requestId: '$context.requestId', status: '$context.status' }),
    },
    depends_on: ['<api/route>', '<api/reader/route>'],
  });
  // API Gateway writes to a group below this prefix without a policy of the log service.
  expect(resources['api/access-log']).toMatchObject({ name: '/aws/vendedlogs/shop-api' });
});

test('the origins of a stage, and no others, may call the API from a browser; without any, CORS is off', () => {
  expect(makeApi()['api/api']).not.toHaveProperty('cors_configuration');
  expect(makeApi(['https://shop.example'])['api/api']).toMatchObject({
    cors_configuration: {
      allow_origins: ['https://shop.example'],
      allow_methods: ['GET', 'POST'],
      allow_headers: ['content-type', 'idempotency-key'],
    },
  });
});
