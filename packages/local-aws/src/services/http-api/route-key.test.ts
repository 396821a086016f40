import { describe, expect, test } from '@jest/globals';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { findRoute, parseRouteKey } from './route-key.ts';

const routesOf = (keys: string[]) => keys.map((key) => ({ key: parseRouteKey(key, 'a route') }));
const found = (keys: string[], method: string, path: string) => {
  const match = findRoute(routesOf(keys), method, path);
  return match && [match.route.key.text, match.pathParameters];
};

describe('a route', () => {
  test.each<[string, string[], string, string, string | undefined]>([
    ['$default takes every path', ['$default'], 'GET', '/any/path', '$default'],
    ['of a method and a path takes them', ['GET /orders'], 'GET', '/orders', 'GET /orders'],
    ['of the root takes the root', ['GET /'], 'GET', '/', 'GET /'],
    ['takes no other method', ['GET /orders'], 'POST', '/orders', undefined],
    ['takes no longer path', ['GET /orders'], 'GET', '/orders/1', undefined],
    ['takes no shorter path', ['GET /orders/1'], 'GET', '/orders', undefined],
    ['of ANY takes every method', ['ANY /orders'], 'PUT', '/orders', 'ANY /orders'],
    ['leaves another path to $default', ['GET /a', '$default'], 'GET', '/b', '$default'],
  ])('%s', (_, keys, method, path, key) => {
    expect(found(keys, method, path)?.[0]).toBe(key);
  });

  test.each<[string, string, string, Record<string, string> | undefined]>([
    ['GET /orders/{orderId}', '/orders/7', 'one part', { orderId: '7' }],
    ['GET /orders/{orderId}', '/orders/a%2Fb', 'one part, decoded', { orderId: 'a/b' }],
    ['GET /orders/{orderId}', '/orders/50%', 'what is not encoded as it is', { orderId: '50%' }],
    ['GET /orders/{orderId}', '/orders/', 'no empty part', undefined],
    ['GET /orders/{orderId}', '/orders/7/lines', 'no more than one part', undefined],
    ['GET /{a}/x/{b}', '/1/x/2', 'several parts', { a: '1', b: '2' }],
    ['GET /{proxy+}', '/a/b/c', 'all that follows', { proxy: 'a/b/c' }],
    ['GET /orders/{proxy+}', '/orders/a', 'all that follows its text', { proxy: 'a' }],
    ['GET /{proxy+}', '/', 'not the root', undefined],
  ])('%s of %s takes %s', (key, path, _, parameters) => {
    expect(found([key], 'GET', path)?.[1]).toEqual(parameters);
  });
});

// The order of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
describe('of several routes', () => {
  const keys = [
    '$default',
    'ANY /{proxy+}',
    'GET /pets/{proxy+}',
    'ANY /pets/dog/{id}',
    'GET /pets/dog/{id}',
    'GET /pets/dog/1',
  ];

  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['PUT', '/pets/dog/2', 'ANY /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['POST', '/', '$default'],
  ])('%s %s goes to %s, whatever their order in the stack', (method, path, key) => {
    expect(found(keys, method, path)?.[0]).toBe(key);
    expect(found(keys.toReversed(), method, path)?.[0]).toBe(key);
  });
});

test.each([
  'GET',
  'GET orders',
  'get /orders',
  'GET /orders /x',
  'GET /{a',
  'GET /a{b}',
  'GET /{proxy+}/x',
  '$connect',
])('%s is no route key, and is refused with what is allowed', (key) => {
  expect(() => parseRouteKey(key, 'aws_apigatewayv2_route.r')).toThrow(UnsupportedError);
  expect(() => parseRouteKey(key, 'aws_apigatewayv2_route.r')).toThrow(
    `aws_apigatewayv2_route.r: route_key is ${JSON.stringify(key)}; allowed are $default, or one of ANY, DELETE, `,
  );
});
