import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateSync } from 'node:zlib';
import { request as httpRequest } from '../../node-http.ts';

export interface PartnerRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  /** Left out for a request without one. */
  body?: string;
  /** Ends the request when it aborts, and its answer. */
  signal: AbortSignal;
}

export interface PartnerAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

/** What EventBridge sets in each request, whatever a connection or a target sets (user guide, "API destinations"). */
const ownHeaders = {
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
  'accept-encoding': 'gzip,deflate',
  connection: 'close',
} as const;
/** These two as well, by the address and the body. */
const computedHeaders: ReadonlySet<string> = new Set(['host', 'content-length']);

/**
 * Sends a request as EventBridge does: with its headers and no others, and without following a redirect. `fetch` adds some of
 * its own.
 *
 * @throws {Error} for a request that gets no answer
 */
export async function sendRequest(
  address: string,
  { method, headers, body, signal }: PartnerRequest,
): Promise<PartnerAnswer> {
  const given = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !computedHeaders.has(name));
  const all = {
    ...(body !== undefined && {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    }),
    ...Object.fromEntries(given),
    ...ownHeaders,
  };
  const send = new URL(address).protocol === 'https:' ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  send(address, { method, headers: all, agent: false, signal })
    .on('response', resolve)
    .on('error', reject)
    .end(body);
  const response = await promise;
  const text = readText(response.headers['content-encoding'], await buffer(response));
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** The text of an answer. One that can't be unpacked, such as the empty one to HEAD, is an answer all the same. */
function readText(encoding: string | undefined, bytes: Buffer): string {
  try {
    if (encoding === 'gzip') return gunzipSync(bytes).toString();
    if (encoding === 'deflate') return inflateSync(bytes).toString();
  } catch {
    // The bytes aren't what the header says.
  }
  return bytes.toString();
}
