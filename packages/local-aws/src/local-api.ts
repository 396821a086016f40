import type { Readable } from 'node:stream';
import { decodeUri, type HttpHandler, type HttpRequest, jsonResponse } from './http.ts';

/** What a route gets. */
export interface LocalRequest extends HttpRequest {
  query: URLSearchParams;
  /** The parts of the path that the route has in angle brackets, decoded. */
  parameters: Readonly<Record<string, string>>;
}

export interface LocalResponse {
  status: number;
  /** Sent as it is, as text, or as JSON. */
  body: Buffer | object | string;
  /** Headers beside the type of the body, which they may replace. */
  headers?: Readonly<Record<string, string>>;
  /** What follows the body, as it comes. */
  stream?: Readable;
}

/**
 * What the local run has beside the system, by method and path: `GET /_local/orders/<orderId>/trace?settleMs=5000`.
 * A part in angle brackets is any text. The query, and a body behind a space, are examples for people.
 */
export type LocalRoutes = Readonly<
  Record<string, (request: LocalRequest) => LocalResponse | Promise<LocalResponse>>
>;

/** Where everything is that isn't the system's own. */
const root = '/_local';

/** Answers the requests below `/_local`. */
export function createLocalApi(routes: LocalRoutes): HttpHandler {
  const known = Object.entries(routes).map(([name, answer]) => ({ matches: matcherOf(name), answer }));

  const answer = async (request: HttpRequest) => {
    const asked = `${request.method} ${request.path}`;
    for (const { matches, answer } of known) {
      const parameters = matches(asked);
      if (!parameters) continue;
      const query = new URLSearchParams(request.rawQueryString);
      const { status, body, headers, stream } = await answer({ ...request, query, parameters });
      if (stream) return { status, headers: { ...headers }, body: Buffer.from(''), stream };
      if (Buffer.isBuffer(body)) return { status, headers: { ...headers }, body };
      if (typeof body !== 'string') return jsonResponse(status, body, headers);
      return {
        status,
        headers: { 'content-type': 'text/plain', ...headers },
        body: Buffer.from(`${body}\n`),
      };
    }
    return jsonResponse(404, { message: `There is nothing at ${asked}.`, known: Object.keys(routes) });
  };
  return (request) =>
    request.path === root || request.path.startsWith(`${root}/`) ? answer(request) : undefined;
}

/** @returns gives the parameters of a request that the route matches, as in `GET /_local/orders/o-1` */
function matcherOf(route: string): (asked: string) => Record<string, string> | undefined {
  const path = route.split(/\?| \{/)[0] ?? '';
  const names = [...path.matchAll(/<(\w+)>/g)].map(([, name = '']) => name);
  const expected = new RegExp(`^${path.replaceAll('.', '\\.').replace(/<\w+>/g, '([^/]+)')}$`);
  return (asked) => {
    const values = expected.exec(asked)?.slice(1);
    return values && Object.fromEntries(names.map((name, index) => [name, decodeUri(values[index] ?? '')]));
  };
}
