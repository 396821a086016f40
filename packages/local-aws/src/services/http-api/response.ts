import type { HttpResponse } from '../../http.ts';
import { isObject, type JsonValue } from '../../json.ts';
import { validateHeaderName, validateHeaderValue } from '../../node-http.ts';

/** A function's answer that API Gateway can't send. The client gets 500. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';

  constructor(what: string, received: unknown, allowed: string) {
    super(`The function answered ${what} ${JSON.stringify(received)}; API Gateway takes ${allowed}`);
  }
}

/** A message of API Gateway's own. */
export const message = (
  status: number,
  text: string,
  headers: HttpResponse['headers'] = { 'content-type': 'application/json' },
): HttpResponse => ({ status, headers, body: Buffer.from(JSON.stringify({ message: text })) });

/** Headers that API Gateway sets itself, for its own connection to the client. */
const ofTheConnection = [
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * What a function returned, as API Gateway reads the payload format 2.0. With a `statusCode` it is a response.
 * Otherwise it is the body of a 200.
 *
 * @throws {MalformedAnswerError} for a response that API Gateway can't send
 */
export function toResponse(result: unknown): HttpResponse {
  if (!isObject(result) || (result.statusCode ?? null) === null) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const isBase64 = result.isBase64Encoded === true || result.isBase64Encoded === 'true';
  const body = Buffer.from(scalarText('the body', result.body) ?? '', isBase64 ? 'base64' : 'utf8');
  const cookies = readCookies(result.cookies);
  return {
    status: readStatus(result.statusCode ?? null),
    headers: {
      ...(body.length > 0 && { 'content-type': 'text/plain;charset=UTF-8' }),
      ...readHeaders(result.headers),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body,
  };
}

/** A number in text is as good as a number. */
function readStatus(value: JsonValue): number {
  const status = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new MalformedAnswerError('the statusCode', value, 'whole numbers from 200 to 599');
}

/** Numbers and booleans become text. Null is the same as nothing. */
function scalarText(what: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw new MalformedAnswerError(what, value, 'text: use JSON.stringify');
  return String(value);
}

function headerText(name: string, value: JsonValue | undefined): string | undefined {
  const what = `the header ${name}`;
  const text = scalarText(what, value);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text ?? '');
  } catch {
    throw new MalformedAnswerError(what, value, 'names and values that HTTP allows');
  }
  return text;
}

function readHeaders(value: JsonValue | undefined): Record<string, string> {
  const headers: JsonValue = value ?? {};
  if (!isObject(headers)) throw new MalformedAnswerError('the headers', headers, 'an object of texts');
  const read: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    const text = headerText(name, given);
    if (text !== undefined && !ofTheConnection.includes(name.toLowerCase())) read[name.toLowerCase()] = text;
  }
  return read;
}

function readCookies(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.flatMap((cookie) => headerText('set-cookie', cookie) ?? []);
  throw new MalformedAnswerError('the cookies', value, 'an array of texts');
}
