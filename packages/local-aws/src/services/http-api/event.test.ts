import { expect, test } from '@jest/globals';
import { FakeClock, systemIds } from '../../testing.ts';
import { toEvent } from './event.ts';

test('an event has the claims of the token, and null for scopes, which no route asks for', () => {
  const request = {
    method: 'GET',
    path: '/dev',
    rawQueryString: '',
    headers: {},
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
  };
  const source = { accountId: '1', apiId: 'a', stage: 'dev', routeKey: 'GET /', pathParameters: {} };
  const parts = { clock: new FakeClock(), ids: systemIds };
  expect(toEvent(request, { ...source, claims: { sub: 'c-1' } }, parts)).toMatchObject({
    requestContext: { authorizer: { jwt: { claims: { sub: 'c-1' }, scopes: null } } },
  });
  const open = toEvent(request, { ...source, claims: undefined }, parts);
  expect(open.requestContext).not.toHaveProperty('authorizer');
});
