import type { Context } from '../../context.ts';
import { decodeUri, type HttpRequest } from '../../http.ts';
import type { JsonObject } from '../../json.ts';
import type { Claims } from './jwt-authorizer.ts';

/** What the event of a request has beside the request itself. */
export interface EventSource {
  accountId: string;
  apiId: string;
  /** `dev`, or `$default`. */
  stage: string;
  routeKey: string;
  pathParameters: Readonly<Record<string, string>>;
  /** The claims of the token that an authorizer has verified. */
  claims: Claims | undefined;
}

/** The event that API Gateway hands to a function for a request, in the payload format 2.0. */
export function toEvent(
  request: HttpRequest,
  { accountId, apiId, stage, routeKey, pathParameters, claims }: EventSource,
  { clock, ids }: Pick<Context, 'clock' | 'ids'>,
): JsonObject {
  const { method, rawQueryString, body, sourceIp } = request;
  // Named raw by AWS, which decodes it.
  const rawPath = decodeUri(request.path);
  const { cookie, ...others } = request.headers;
  const headers = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
  const cookies = (cookie ?? '').split(/; */).filter((text) => text !== '');
  const queryStringParameters = joinQuery(rawQueryString);
  const base64 = !isText(headers['content-type']);
  const now = new Date(clock.now());
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(isFilled(queryStringParameters) && { queryStringParameters }),
    requestContext: {
      accountId,
      apiId,
      // Without scopes on the route, AWS sends null.
      ...(claims && { authorizer: { jwt: { claims: { ...claims }, scopes: null } } }),
      domainName: headers.host ?? '',
      domainPrefix: apiId,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: ids.uuid(),
      routeKey,
      stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(isFilled(pathParameters) && { pathParameters: { ...pathParameters } }),
    ...(body.length > 0 && { body: body.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64 && body.length > 0,
  };
}

const isFilled = (object: object) => Object.keys(object).length > 0;

/** A parameter that is repeated has its values joined by a comma. */
function joinQuery(rawQueryString: string): Record<string, string> {
  const query = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}

/** API Gateway hands these on as text, and everything else in base64. */
const isText = (contentType: string | undefined) =>
  contentType === undefined || /^(text\/|application\/(json|xml|javascript)\b)/i.test(contentType);

/** `22/Nov/2026:18:44:30 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
