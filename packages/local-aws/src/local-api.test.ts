import { describe, expect, test } from '@jest/globals';
import { createLocalApi, type LocalRequest } from './local-api.ts';

/** Routes that say what they got. */
function makeApi() {
  const got: LocalRequest[] = [];
  const answer = (request: LocalRequest) => {
    got.push(request);
    return { status: 201, body: { parameters: request.parameters } };
  };
  const api = createLocalApi({
    'GET /_local/things': answer,
    'GET /_local/things/<thingId>/parts/<part>?limit=5': async (request) => answer(request),
    'GET /_local/a.b': answer,
  });
  const call = async (method: string, url: string, headers = {}, body = '') => {
    const [path = '', rawQueryString = ''] = url.split('?');
    const request = { method, path, rawQueryString, headers, body: Buffer.from(body), sourceIp: '127.0.0.1' };
    const response = await api(request);
    return response && { status: response.status, body: JSON.parse(response.body.toString()) };
  };
  return { call, got };
}

test('an answer is JSON, or text with a line break at its end', async () => {
  const api = createLocalApi({
    'GET /_local/json': () => ({ status: 200, body: { a: 1 } }),
    'GET /_local/text': () => ({ status: 200, body: 'x' }),
  });
  const answers = [];
  for (const path of ['/_local/json', '/_local/text']) {
    const body = Buffer.alloc(0);
    const request = { method: 'GET', path, rawQueryString: '', headers: {}, body, sourceIp: '127.0.0.1' };
    const response = await api(request);
    answers.push([response?.headers['content-type'], response?.body.toString()]);
  }
  expect(answers).toEqual([
    ['application/json', '{"a":1}\n'],
    ['text/plain', 'x\n'],
  ]);
});

describe('a route', () => {
  test('gets the request, with its query', async () => {
    const { call, got } = makeApi();
    await call('GET', '/_local/things?limit=7&a=b', { 'x-a': 'b' }, 'body');
    expect(got).toHaveLength(1);
    expect(got[0]?.query.get('limit')).toBe('7');
    expect(got[0]?.headers).toEqual({ 'x-a': 'b' });
    expect(got[0]?.body.toString()).toBe('body');
  });

  test.each([
    ['/_local/things/t-1/parts/p%202', { thingId: 't-1', part: 'p 2' }],
    ['/_local/things/%E0%A4%A/parts/b?limit=1', { thingId: '%E0%A4%A', part: 'b' }],
  ])('gets the parts of its path: %s', async (url, parameters) => {
    expect(await makeApi().call('GET', url)).toEqual({ status: 201, body: { parameters } });
  });

  test.each([
    ['GET', '/_local'],
    ['POST', '/_local/things'],
    ['GET', '/_local/things/'],
    ['GET', '/_local/things/a/b/parts/c'],
    ['GET', '/_local/aXb'],
    ['GET', '/_local/constructor'],
  ])("isn't at %s %s, where a 404 says what there is", async (method, path) => {
    const { call, got } = makeApi();
    expect(await call(method, path)).toEqual({
      status: 404,
      body: {
        message: `There is nothing at ${method} ${path}.`,
        known: ['GET /_local/things', 'GET /_local/things/<thingId>/parts/<part>?limit=5', 'GET /_local/a.b'],
      },
    });
    expect(got).toEqual([]);
  });
});

test.each(['/', '/dev', '/_locals'])('a request to %s is left to others', async (path) => {
  expect(await makeApi().call('GET', path)).toBeUndefined();
});
