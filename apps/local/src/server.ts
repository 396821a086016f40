import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { createAwsProtocol } from './aws-protocol.ts';
import type { createLocalApi } from './local-api.ts';
import type { HttpApis } from './services/http-api.ts';

/** What the server hands requests to, once the system is up. */
export interface Handlers {
  aws: ReturnType<typeof createAwsProtocol>;
  api: HttpApis;
  local: ReturnType<typeof createLocalApi>;
}

export interface LocalServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  /** Begins to serve; until then every request gets 503. */
  serve(handlers: Handlers): void;
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
 * Listens on loopback: one port for the HTTP API, the AWS wire protocol, and the local extras.
 *
 * @param port 0 for any that is free
 * @param onError told of a request that failed for a reason of the local run's own
 * @throws {PortError}
 */
export async function listen(port: number, onError: (error: unknown) => void): Promise<LocalServer> {
  let handlers: Handlers | undefined;
  const server = createServer((request, response) => {
    // A client that hangs up is not an error of anybody here.
    request.on('error', () => {});
    response.on('error', () => {});
    handle(request, response, handlers, addressOf(server).port).catch((error: unknown) => {
      if (request.errored || response.destroyed) return;
      onError(error);
      if (!response.headersSent)
        sendJson(response, 500, { message: 'The local run failed; its terminal says how.' });
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
    serve: (given) => {
      handlers = given;
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
  handlers: Handlers | undefined,
  port: number,
): Promise<void> {
  const refusal = refuse(request, port);
  if (refusal) return sendJson(response, 403, { message: refusal });
  if (!handlers)
    return sendJson(response, 503, { message: 'The system is starting.' }, { 'retry-after': '1' });

  const body = await readBody(request);
  if (!body) {
    return sendJson(
      response,
      413,
      { message: `Request Too Long: at most ${maxBodyBytes} bytes` },
      { connection: 'close' },
    );
  }
  const { method = '', headers } = request;
  const [path = '', ...queryParts] = (request.url ?? '').split('?');
  const rawQueryString = queryParts.join('?');

  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const answer = await handlers.aws(target, headers, body);
    send(response, answer.status, answer.headers, answer.body);
  } else if (path === '/_local' || path.startsWith('/_local/')) {
    const query = new URLSearchParams(rawQueryString);
    const answer = await handlers.local({
      method,
      path,
      query,
      apiKey: headers['x-api-key']?.toString(),
      body,
    });
    sendJson(response, answer.status, answer.body);
  } else if (handlers.api.serves(path)) {
    const sourceIp = request.socket.remoteAddress ?? host;
    const answer = await handlers.api.handle({
      method,
      rawPath: path,
      rawQueryString,
      headers,
      body,
      sourceIp,
    });
    const cookies = answer.cookies && { 'set-cookie': answer.cookies };
    send(response, answer.status, { ...answer.headers, ...cookies }, answer.body);
  } else {
    const places = [...handlers.api.paths, '/_local/health'].join(', ');
    sendJson(response, 404, {
      message:
        `There is nothing at ${path}. Look at ${places}; AWS SDKs, and the AWS CLI from 2.15 on, post to / ` +
        'with a header x-amz-target.',
    });
  }
}

/** A page of another site, or a name that was made to point here, has no business with this server. */
function refuse({ headers }: IncomingMessage, port: number): string | undefined {
  // As URLs have it, without the port when it is 80.
  const own = [host, 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
  if (!own.includes(headers.host ?? '')) {
    return `The Host header is ${JSON.stringify(headers.host ?? '')}; allowed are ${own.join(', ')}.`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'Requests from pages of other sites are refused.';
  const { origin } = headers;
  if (origin !== undefined && !own.includes(origin.replace('http://', ''))) {
    return `The Origin header is ${JSON.stringify(origin)}; allowed are pages of this server.`;
  }
  return undefined;
}

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

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): void {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  response.setHeader('content-length', body.length);
  response.end(body);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  send(
    response,
    status,
    { 'content-type': 'application/json', ...headers },
    Buffer.from(`${JSON.stringify(body)}\n`),
  );
}
