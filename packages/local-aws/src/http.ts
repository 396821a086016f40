import type { IncomingHttpHeaders } from 'node:http';

/** A request to this process, whole. */
export interface HttpRequest {
  method: string;
  /** As it came, without the query. */
  path: string;
  /** What stands behind the question mark. */
  rawQueryString: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  sourceIp: string;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Answers the requests that are its own; undefined for any other. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse> | undefined;

export const jsonResponse = (
  status: number,
  body: object,
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(`${JSON.stringify(body)}\n`),
});
