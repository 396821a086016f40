import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { FakeClock, makeContext, makePlan } from '../../testing.ts';
import { createJwtAuthorizer } from './jwt-authorizer.ts';

/** An issuer with one key, `k`. */
let server: Server;
let issuer: string;
let isUp: boolean;
let own: CryptoKey;
let foreign: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  own = pair.privateKey;
  foreign = (await generateKeyPair('RS256')).privateKey;
  const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] };
  server = createServer(({ url }, response) => {
    const known: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': keys,
    };
    response.statusCode = isUp ? 200 : 503;
    response.end(JSON.stringify(known[url ?? ''] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

let clock: FakeClock;
beforeEach(() => {
  isUp = true;
  clock = new FakeClock();
});

const authorizer = (changes: JsonObject = {}): JsonObject => ({
  api_id: 'a',
  authorizer_type: 'JWT',
  identity_sources: ['$request.header.Authorization'],
  jwt_configuration: { issuer, audience: ['orders', 'shop'] },
  ...changes,
});

function makeAuthorizer(changes: JsonObject = {}) {
  const context = makeContext({ clock });
  const [resource] = makePlan({
    aws_apigatewayv2_authorizer: { door: authorizer(changes) },
  }).resources('aws_apigatewayv2_authorizer');
  if (!resource) throw new Error('the plan has no authorizer');
  const authorize = createJwtAuthorizer(resource, context);
  const enter = (authorization?: string) =>
    authorize({
      method: 'GET',
      path: '/',
      rawQueryString: '',
      headers: { authorization },
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
    });
  return { enter, failures: context.failures };
}

const seconds = () => Math.floor(clock.now() / 1_000);
interface Token {
  claims?: JWTPayload;
  key?: CryptoKey | Uint8Array;
  header?: { alg: string; kid?: string };
}
/** A token that is taken, but for the changes. A claim that is undefined is left out. */
const token = ({ claims = {}, key = own, header = { alg: 'RS256', kid: 'k' } }: Token = {}) =>
  new SignJWT(
    JSON.parse(
      JSON.stringify({
        iss: issuer,
        aud: 'orders',
        sub: 'c',
        iat: seconds(),
        exp: seconds() + 60,
        ...claims,
      }),
    ) as JWTPayload,
  )
    .setProtectedHeader(header)
    .sign(key);

const refused = (challenge: string) => ({
  refusal: {
    status: 401,
    headers: { 'www-authenticate': challenge },
    body: Buffer.from('{"message":"Unauthorized"}'),
  },
});
const invalid = (why: string) => refused(`Bearer scope="" error="invalid_token" error_description="${why}"`);

describe('a token of the issuer', () => {
  test.each(['Bearer ', 'bearer ', ''])('is taken after "%s", and its claims are text', async (scheme) => {
    const claims = { sub: 'c-1', groups: ['a', 'b'], admin: true, nested: { a: 1 } };
    await expect(makeAuthorizer().enter(`${scheme}${await token({ claims })}`)).resolves.toEqual({
      claims: {
        iss: issuer,
        aud: 'orders',
        sub: 'c-1',
        iat: String(seconds()),
        exp: String(seconds() + 60),
        groups: '[a b]',
        admin: 'true',
        nested: '{"a":1}',
      },
    });
  });

  test.each<[string, JWTPayload]>([
    ['for another of the audiences', { aud: 'shop' }],
    ['for several audiences, of which one is right', { aud: ['x', 'orders'] }],
    ['with a client_id and no aud', { aud: undefined, client_id: 'orders' } as unknown as JWTPayload],
  ])('%s is taken', async (_, claims) => {
    await expect(makeAuthorizer().enter(await token({ claims }))).resolves.toHaveProperty('claims');
  });
});

describe('a request gets the 401 of API Gateway', () => {
  test('without a token', async () => {
    await expect(makeAuthorizer().enter()).resolves.toEqual(refused('Bearer'));
  });

  test.each<[string, () => Promise<string>, string]>([
    ['with no JWT', async () => 'Bearer x', 'the token is malformed'],
    ['with another scheme', async () => 'Basic YTpi', 'the token is malformed'],
    ['with an empty header', async () => '', 'the token is malformed'],
    [
      'for another audience',
      () => token({ claims: { aud: 'x' } }),
      'the token does not have a valid audience',
    ],
    [
      'for another audience, whatever its client_id',
      () => token({ claims: { aud: 'x', client_id: 'orders' } }),
      'the token does not have a valid audience',
    ],
    [
      'for no audience',
      () => token({ claims: { aud: undefined } as unknown as JWTPayload }),
      'the token does not have a valid audience',
    ],
    [
      'of another issuer',
      () => token({ claims: { iss: 'https://x' } }),
      'the token does not have a valid iss',
    ],
    ['that has expired', () => token({ claims: { exp: seconds() - 1 } }), 'the token has expired'],
    [
      'that never expires',
      () => token({ claims: { exp: undefined } as unknown as JWTPayload }),
      'the token does not have a valid exp',
    ],
    [
      'that is not valid yet',
      () => token({ claims: { nbf: seconds() + 9 } }),
      'the token does not have a valid nbf',
    ],
    ['from the future', () => token({ claims: { iat: seconds() + 9 } }), 'the token is issued in the future'],
    ['signed with another key', () => token({ key: foreign }), 'the signature is invalid'],
    [
      'with a key that the issuer does not have',
      () => token({ key: foreign, header: { alg: 'RS256', kid: 'x' } }),
      'no key of the issuer has signed the token',
    ],
    [
      'signed with a shared secret',
      () => token({ key: new Uint8Array(32), header: { alg: 'HS256', kid: 'k' } }),
      'the token is not signed with RSA',
    ],
  ])('with a token %s', async (_, give, why) => {
    const { enter, failures } = makeAuthorizer();
    await expect(enter(await give())).resolves.toEqual(invalid(why));
    expect(failures).toEqual([]);
  });

  test('once the token has run out by the clock of the system', async () => {
    const { enter } = makeAuthorizer();
    const given = await token();
    await expect(enter(given)).resolves.toHaveProperty('claims');
    clock.advance(61_000);
    await expect(enter(given)).resolves.toEqual(invalid('the token has expired'));
  });

  test('while the issuer is down, which is reported, and no longer than that', async () => {
    const { enter, failures } = makeAuthorizer();
    isUp = false;
    await expect(enter(await token())).resolves.toEqual(
      invalid('OIDC discovery endpoint communication error'),
    );
    expect(failures).toEqual([
      `aws_apigatewayv2_authorizer.door: the keys of ${issuer} can't be had. ` +
        `Error: ${issuer}/.well-known/openid-configuration answered 503`,
    ]);
    isUp = true;
    await expect(enter(await token())).resolves.toHaveProperty('claims');
  });
});

test.each<[string, JsonObject, string]>([
  ['of another type', { authorizer_type: 'REQUEST' }, 'received "REQUEST" and '],
  ['that reads another header', { identity_sources: ['$request.header.X'] }, '["$request.header.X"]'],
  ['of several sources', { identity_sources: ['$request.header.Authorization', 'x'] }, 'JWT'],
  [
    'of no audience',
    { jwt_configuration: { issuer: 'i', audience: [] } },
    'has to have an issuer and a list',
  ],
  ['of no issuer', { jwt_configuration: { audience: ['a'] } }, 'has to have an issuer and a list'],
  ['of no configuration', { jwt_configuration: null }, 'jwt_configuration has to'],
])('an authorizer %s is refused, by its address', (_, changes, message) => {
  expect(() => makeAuthorizer(changes)).toThrow(UnsupportedError);
  expect(() => makeAuthorizer(changes)).toThrow(/^aws_apigatewayv2_authorizer\.door: /);
  expect(() => makeAuthorizer(changes)).toThrow(message);
});
