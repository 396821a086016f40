import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Handlers, type LocalServer, listen, PortError } from './server.ts';
import { until } from './testing.ts';

let server: LocalServer;
let errors: unknown[];
beforeEach(async () => {
  errors = [];
  server = await listen(0, (error) => errors.push(error));
});
afterEach(() => server.close());

const answered = (text: string, more: object = {}) => ({
  status: 200,
  headers: {},
  body: Buffer.from(text),
  ...more,
});
/** Serves by handlers that say who they are, but for those that are given. */
const serve = (handlers: Partial<Handlers> = {}) =>
  server.serve({
    aws: async (target) => answered(`aws ${target}`),
    api: {
      paths: ['/dev'],
      serves: (path) => path.startsWith('/dev'),
      handle: async ({ method, rawPath, rawQueryString, body, sourceIp }) =>
        answered(['api', method, rawPath, rawQueryString, body, sourceIp].join(' ')),
    },
    local: async ({ method, path, query, apiKey, body }) => ({
      status: 201,
      body: { who: `local ${method} ${path} ${query} ${apiKey} ${body}` },
    }),
    ...handlers,
  });

interface Call {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}
/** A request whose Host and Origin may be anything, which fetch doesn't let one choose. */
const call = ({ method = 'GET', path = '/dev', headers = {}, body = '' }: Call = {}) =>
  new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: server.port, method, path, headers, agent: false },
        async (response) => {
          let text = '';
          for await (const chunk of response) text += String(chunk);
          resolve({ status: response.statusCode, headers: response.headers, body: text });
        },
      );
      request.on('error', reject);
      request.end(body);
    },
  );

describe('a request', () => {
  test('gets 503 before the system is ready', async () => {
    expect(await call()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: '{"message":"The system is starting."}\n',
    });
  });

  test.each<[string, Call, string]>([
    [
      "of an SDK goes to AWS's protocol",
      { method: 'POST', path: '/', headers: { 'x-amz-target': 'A.B' } },
      'aws A.B',
    ],
    [
      "of an SDK goes to AWS's protocol on any path",
      { path: '/dev', headers: { 'x-amz-target': 'A.B' } },
      'aws A.B',
    ],
    [
      'to the stage goes to the API, with its query as it came',
      { method: 'PUT', path: '/dev/a%20b?c=%20d?e', body: 'x' },
      'api PUT /dev/a%20b c=%20d?e x 127.0.0.1',
    ],
    [
      'to /_local goes to the extras',
      { method: 'POST', path: '/_local/x?a=1', headers: { 'x-api-key': 'k' }, body: 'y' },
      '{"who":"local POST /_local/x a=1 k y"}\n',
    ],
    ['to /_local alone does too', { path: '/_local' }, '{"who":"local GET /_local  undefined "}\n'],
  ])('%s', async (_, given, body) => {
    serve();
    expect(await call(given)).toMatchObject({ body });
    expect(errors).toEqual([]);
  });

  test('to nothing gets 404, with what there is', async () => {
    serve();
    for (const path of ['/', '/_locals']) {
      expect(await call({ path })).toMatchObject({
        status: 404,
        body: expect.stringContaining(`There is nothing at ${path}. Look at /dev, /_local/health`),
      });
    }
  });

  test('is answered with the status, headers and cookies of its handler', async () => {
    const api = {
      paths: [],
      serves: () => true,
      handle: async () => answered('é', { status: 418, headers: { 'x-a': 'b' }, cookies: ['a=1', 'b=2'] }),
    };
    serve({ api });
    expect(await call()).toMatchObject({
      status: 418,
      headers: { 'x-a': 'b', 'set-cookie': ['a=1', 'b=2'], 'content-length': '2' },
      body: 'é',
    });
  });
});

describe('a request is refused', () => {
  test.each<[string, (port: number) => Record<string, string>]>([
    ['a foreign Host', () => ({ host: 'evil.example' })],
    ['a Host of another port', (port) => ({ host: `127.0.0.1:${port + 1}` })],
    ['a Host without a port', () => ({ host: '127.0.0.1' })],
    ['a Host that begins like its own', (port) => ({ host: `127.0.0.1:${port}.evil.example` })],
    ['a foreign Origin', () => ({ origin: 'http://evil.example' })],
    ['an opaque Origin', () => ({ origin: 'null' })],
    ['an Origin of another port', (port) => ({ origin: `http://localhost:${port + 1}` })],
    [
      'an Origin that ends like its own',
      (port) => ({ origin: `http://evil.example/http://127.0.0.1:${port}` }),
    ],
  ])('with %s, before and after the system is ready', async (_, headers) => {
    for (const ready of [false, true]) {
      if (ready) serve();
      expect(await call({ headers: headers(server.port) })).toMatchObject({
        status: 403,
        body: expect.stringContaining('allowed are'),
      });
    }
  });

  test.each<[string, (port: number) => Record<string, string>]>([
    ['the name localhost', (port) => ({ host: `localhost:${port}` })],
    ['its own Origin', (port) => ({ origin: `http://127.0.0.1:${port}` })],
    ['its own Origin by name', (port) => ({ origin: `http://localhost:${port}` })],
  ])('not with %s', async (_, headers) => {
    serve();
    expect((await call({ headers: headers(server.port) })).status).toBe(200);
  });

  test('with a body over 10 MB, and the next one is served', async () => {
    serve();
    const limit = 10 * 1024 * 1024;
    expect(await call({ method: 'POST', body: Buffer.alloc(limit + 1) })).toMatchObject({
      status: 413,
      headers: { connection: 'close' },
    });
    expect((await call({ method: 'POST', body: Buffer.alloc(limit) })).status).toBe(200);
    expect(errors).toEqual([]);
  });
});

describe('a handler that throws', () => {
  test('gives 500 without its reason, which is told', async () => {
    const fault = new RangeError('a secret');
    serve({ aws: () => Promise.reject(fault) });
    expect(await call({ headers: { 'x-amz-target': 'A.B' } })).toMatchObject({
      status: 500,
      body: '{"message":"The local run failed; its terminal says how."}\n',
    });
    expect(errors).toEqual([fault]);
    expect((await call()).status).toBe(200);
  });

  test('gives 500 for an answer that HTTP can not send', async () => {
    const api = { paths: [], serves: () => true, handle: async () => answered('', { status: 9_000 }) };
    serve({ api });
    expect((await call()).status).toBe(500);
    expect(errors).toHaveLength(1);
  });
});

describe('a client that hangs up', () => {
  const hangUp = async (sent: string, when: () => Promise<void>) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(sent.replaceAll('HOST', `127.0.0.1:${server.port}`));
    await when();
    socket.destroy();
  };

  test('mid-body is no error, and the next one is served', async () => {
    serve();
    await hangUp('POST /dev HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100\r\n\r\nabc', async () => {
      await call();
    });
    expect((await call()).status).toBe(200);
    expect(errors).toEqual([]);
  });

  test('before it is answered is no error', async () => {
    const came = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<ReturnType<typeof answered>>();
    const handled = Promise.withResolvers<void>();
    const api = {
      paths: [],
      serves: (path: string) => path === '/slow',
      handle: async () => {
        came.resolve();
        return answer.promise.finally(handled.resolve);
      },
    };
    serve({ api });
    await hangUp('GET /slow HTTP/1.1\r\nHost: HOST\r\n\r\n', () => came.promise);
    answer.resolve(answered('late'));
    await handled.promise;
    expect((await call({ path: '/_local' })).status).toBe(201);
    expect(errors).toEqual([]);
  });
});

describe('a port', () => {
  test('that is taken is an error that says what to do', async () => {
    const second = listen(server.port, () => {});
    await expect(second).rejects.toBeInstanceOf(PortError);
    await expect(second).rejects.toThrow(`Port ${server.port} is taken`);
    await expect(second).rejects.toThrow('--port or PORT');
  });

  test('is on loopback, in the endpoint, and free again after close', async () => {
    expect(server.endpoint).toBe(`http://127.0.0.1:${server.port}`);
    await server.close();
    const again = await listen(server.port, () => {});
    expect(again.port).toBe(server.port);
    await again.close();
    server = await listen(0, () => {});
  });

  test('is given back by close, whoever is still connected', async () => {
    const idle = connect(server.port, '127.0.0.1');
    let closed = false;
    idle.on('error', () => {});
    idle.on('close', () => {
      closed = true;
    });
    await call();
    await server.close();
    await until(() => closed, 'the connection is closed');
    server = await listen(0, () => {});
  });
});
