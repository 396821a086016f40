import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request to this process, whole. */
export interface HttpRequest {
  method: string;
  /** As it came, without the query. */
  path: string;
  /** What follows the question mark. */
  rawQueryString: string;
  /** Headers that were sent several times are joined by a comma, cookies by a semicolon. */
  headers: IncomingHttpHeaders;
  body: Buffer;
  sourceIp: string;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /** What follows the body, as it comes. */
  stream?: Readable;
}

/** Answers the requests that are its own; undefined for any other. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse | undefined> | undefined;

/** The answer of the first handler whose request it is; undefined if it is of none. */
export async function firstAnswer(
  handlers: readonly HttpHandler[],
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  for (const handler of handlers) {
    const answer = await handler(request);
    if (answer) return answer;
  }
  return undefined;
}

export const jsonResponse = (
  status: number,
  body: object,
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(`${JSON.stringify(body)}\n`),
});

/** A part of a URL, decoded. Text that isn't encoded as URLs are stays as it is. */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
