import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LostAnswerError } from './faults/lost-answer-error.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './http.ts';
import { type LocalServer, listen, PortError } from './server.ts';
import { until } from './testing.ts';

let server: LocalServer;
let errors: unknown[];
beforeEach(async () => {
  errors = [];
  server = await listen(0, (error) => errors.push(error));
});
afterEach(() => server.close());

const answered = (text: string, more: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: {},
  body: Buffer.from(text),
  ...more,
});
/** Answers everything below a path. */
const below =
  (root: string, answer: (request: HttpRequest) => Promise<HttpResponse>): HttpHandler =>
  (request) =>
    request.path.startsWith(root) ? answer(request) : undefined;
/** Serves by these handlers, and then by one that says what came below /dev. */
const serve = (...handlers: HttpHandler[]) =>
  server.serve(
    [
      ...handlers,
      below('/dev', async ({ method, path, rawQueryString, body, sourceIp }) =>
        answered(['dev', method, path, rawQueryString, body, sourceIp].join(' ')),
      ),
    ],
    ['/dev', '/_local/health'],
  );

interface Call {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
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

  test('has repeated headers joined by a comma, cookies by a semicolon, and none is dropped', async () => {
    serve(below('/h', async ({ headers }) => answered(JSON.stringify(headers))));
    const headers = {
      'x-a': ['1', '2'],
      'Idempotency-Key': ['k', 'l'],
      'User-Agent': ['a', 'b'],
      Cookie: ['c=1', 'd=2'],
    };
    expect(JSON.parse((await call({ path: '/h', headers })).body)).toMatchObject({
      'x-a': '1,2',
      'idempotency-key': 'k,l',
      'user-agent': 'a,b',
      cookie: 'c=1; d=2',
    });
  });

  test('goes to the first handler that answers it, as it came', async () => {
    serve(below('/dev/a', async ({ headers }) => answered(`first ${headers['x-a']}`)));
    expect((await call({ path: '/dev/a', headers: { 'x-a': 'b' } })).body).toBe('first b');
    expect((await call({ method: 'PUT', path: '/dev/%20b?c=%20d?e', body: 'x' })).body).toBe(
      'dev PUT /dev/%20b c=%20d?e x 127.0.0.1',
    );
    expect(errors).toEqual([]);
  });

  test('that no handler answers gets 404, with what there is', async () => {
    serve();
    for (const path of ['/', '/_locals']) {
      expect(await call({ path })).toMatchObject({
        status: 404,
        body: expect.stringContaining(`There is nothing at ${path}. Look at /dev, /_local/health`),
      });
    }
  });

  test('is answered with the status, headers and cookies of its handler', async () => {
    const headers = { 'x-a': 'b', 'x-none': undefined, 'set-cookie': ['a=1', 'b=2'] };
    serve(below('/', async () => answered('é', { status: 418, headers })));
    const { headers: got, ...rest } = await call();
    expect(rest).toEqual({ status: 418, body: 'é' });
    expect(got).toMatchObject({ 'x-a': 'b', 'set-cookie': ['a=1', 'b=2'], 'content-length': '2' });
    expect(got).not.toHaveProperty('x-none');
  });

  test('is served by other handlers as soon as there are others', async () => {
    serve();
    serve(below('/dev', async () => answered('wired again')));
    expect((await call()).body).toBe('wired again');
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

  test("of another site's page, by what the browser says of it", async () => {
    serve();
    // A page of another port of this machine is of the same site.
    for (const site of ['cross-site', 'same-site']) {
      expect(await call({ headers: { 'sec-fetch-site': site } })).toMatchObject({
        status: 403,
        body: expect.stringContaining('allowed are pages of this server'),
      });
    }
    for (const site of ['same-origin', 'none']) {
      expect((await call({ headers: { 'sec-fetch-site': site } })).status).toBe(200);
    }
  });

  test('without a Host', async () => {
    serve();
    // HTTP/1.0 may leave it out; Node itself refuses HTTP/1.1 without one.
    for (const [version, status] of [
      ['1.0', 403],
      ['1.1', 400],
    ]) {
      const socket = connect(server.port, '127.0.0.1');
      socket.end(`GET /dev HTTP/${version}\r\n\r\n`);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
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
  test('whose answer is lost sees its connection break off, and nobody reports that', async () => {
    serve(below('/lost', () => Promise.reject(new LostAnswerError('GET /lost'))));
    await expect(call({ path: '/lost' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(errors).toEqual([]);
    expect(await call()).toMatchObject({ status: 200 });
  });

  test('gives 500 without its reason, which is reported here', async () => {
    const fault = new RangeError('a secret');
    serve(below('/broken', () => Promise.reject(fault)));
    expect(await call({ path: '/broken' })).toMatchObject({
      status: 500,
      body: '{"message":"The local run failed; its terminal says how."}\n',
    });
    expect(errors).toEqual([fault]);
    expect((await call()).status).toBe(200);
  });

  test('gives 500 for an answer that HTTP can not send', async () => {
    serve(below('/', async () => answered('', { status: 9_000 })));
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

  test("mid-body isn't an error, and the next one is served", async () => {
    serve();
    await hangUp('POST /dev HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100\r\n\r\nabc', async () => {
      await call();
    });
    expect((await call()).status).toBe(200);
    expect(errors).toEqual([]);
  });

  test("before it is answered isn't an error", async () => {
    const came = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<ReturnType<typeof answered>>();
    const handled = Promise.withResolvers<void>();
    serve(
      below('/slow', async () => {
        came.resolve();
        return answer.promise.finally(handled.resolve);
      }),
    );
    await hangUp('GET /slow HTTP/1.1\r\nHost: HOST\r\n\r\n', () => came.promise);
    answer.resolve(answered('late'));
    await handled.promise;
    expect((await call()).status).toBe(200);
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
