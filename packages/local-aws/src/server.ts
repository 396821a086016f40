import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LostAnswerError } from './faults/lost-answer-error.ts';
import { firstAnswer, type HttpHandler, type HttpResponse, jsonResponse } from './http.ts';
import { createServer } from './node-http.ts';

export interface LocalServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  /**
   * Begins to serve, or serves by other handlers from now on. Until then every request gets 503.
   *
   * @param handlers asked in their order; what none of them answers gets 404
   * @param places where there is something, for the text of that 404: `/dev`
   */
  serve(handlers: readonly HttpHandler[], places: readonly string[]): void;
  close(): Promise<void>;
}

/** The largest body that API Gateway and EventBridge take is 10 MB. */
const maxBodyBytes = 10 * 1024 * 1024;
const host = '127.0.0.1';

/** The port can't be listened on. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

function portProblem(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: another process listens on ${host}:${port}, perhaps an earlier start.`;
  }
  return `Port ${port} can't be listened on: ${message}.`;
}

/**
 * Listens on loopback: one port for the HTTP APIs, the AWS wire protocol, and what the local run adds.
 *
 * @param port 0 for any that is free
 * @param onError gets the error of a request that failed because of a fault here
 * @throws {PortError}
 */
export async function listen(port: number, onError: (error: unknown) => void): Promise<LocalServer> {
  let serving: { handlers: readonly HttpHandler[]; places: readonly string[] } | undefined;
  const server = createServer((request, response) => {
    // A client that hangs up isn't an error of ours.
    request.on('error', () => {});
    response.on('error', () => {});
    handle(request, response, () => serving, addressOf(server).port).catch((error: unknown) => {
      if (request.errored || response.destroyed) return;
      if (error instanceof LostAnswerError) return void request.socket.destroy();
      onError(error);
      if (!response.headersSent)
        send(response, jsonResponse(500, { message: 'The local run failed; its terminal says how.' }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new PortError(`${portProblem(port, error)} Choose another one with --port or PORT.`, {
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });

  const { port: actual } = addressOf(server);
  return {
    port: actual,
    endpoint: `http://${host}:${actual}`,
    serve(handlers, places) {
      serving = { handlers, places };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const addressOf = (server: Server) => server.address() as AddressInfo;

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  serving: () => { handlers: readonly HttpHandler[]; places: readonly string[] } | undefined,
  port: number,
): Promise<void> {
  const refusal = refuse(request, port);
  if (refusal) return send(response, jsonResponse(403, { message: refusal }));
  if (!serving()) {
    return send(response, jsonResponse(503, { message: 'The system is starting.' }, { 'retry-after': '1' }));
  }
  const body = await readBody(request);
  if (!body) {
    const message = `Request Too Long: at most ${maxBodyBytes} bytes`;
    return send(response, jsonResponse(413, { message }, { connection: 'close' }));
  }
  const { method = '', headersDistinct } = request;
  const headers = joinHeaders(headersDistinct);
  const [path = '', ...queryParts] = (request.url ?? '').split('?');
  const sourceIp = request.socket.remoteAddress ?? host;
  const whole = { method, path, rawQueryString: queryParts.join('?'), headers, body, sourceIp };
  // Other handlers may serve by the time that the body is read.
  const { handlers = [], places = [] } = serving() ?? {};
  const answer = await firstAnswer(handlers, whole);
  if (answer) return send(response, answer);
  const message =
    `There is nothing at ${path}. Look at ${places.join(', ')}; AWS SDKs, and the AWS CLI from 2.15 on, ` +
    'post to / with a header x-amz-target.';
  send(response, jsonResponse(404, { message }));
}

/** A page of another site, or a name that was made to point here, has no business with this server. */
function refuse({ headers }: IncomingMessage, port: number): string | undefined {
  // As URLs have it, without the port when it is 80.
  const own = [host, 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
  if (!own.includes(headers.host ?? '')) {
    return `The Host header is ${JSON.stringify(headers.host ?? '')}; allowed are ${own.join(', ')}.`;
  }
  // For a browser, a page of another port of this machine is of the same site. A page can send a GET without an Origin.
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin') {
    return `The Sec-Fetch-Site header is ${JSON.stringify(site)}; allowed are pages of this server.`;
  }
  const { origin } = headers;
  if (origin !== undefined && !own.includes(origin.replace('http://', ''))) {
    return `The Origin header is ${JSON.stringify(origin)}; allowed are pages of this server.`;
  }
  return undefined;
}

/** As API Gateway hands them on. Node itself drops the second of some headers, and joins others by a comma and a space. */
const joinHeaders = (headers: IncomingMessage['headersDistinct']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, values = []]) => [name, values.join(name === 'cookie' ? '; ' : ',')]),
  );

/** @returns the whole body, or undefined when it is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body, stream }: HttpResponse): void {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  if (stream) {
    response.on('close', () => stream.destroy());
    stream.on('close', () => response.end());
    stream.pipe(response);
    return;
  }
  response.setHeader('content-length', body.length);
  response.end(body);
}
