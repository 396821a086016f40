/** For the tests of the producer: requests, a bus that records what it accepts, and checks of an answer. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from '@jest/globals';
import type { OutgoingEvent } from '@orders/events/publish';
import { fixtures, makeOrderPlaced } from '@orders/events/testing';
import type { FieldError } from '@orders/function';
import { importAnew } from '@orders/function/testing';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type HandleRequest, handleRequest, type Line } from './handle-request.ts';
import type { Request } from './request.ts';

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/order-placed.json'), 'utf8'),
) as {
  properties: {
    category: { pattern: string; maxLength: number };
    location: { pattern: string; maxLength: number };
    value: { minimum: number; maximum: number };
  };
};

/** The part of the contract that valid orders are generated from. */
export const { properties: contract } = schema;

/** Details of Order Placed that the contract accepts or refuses, each with what is special about it. */
export const details = (kind: 'valid' | 'invalid'): [name: string, detail: unknown][] =>
  Object.entries(fixtures['Order Placed'][kind]).map(([name, detail]) => [name.replaceAll('-', ' '), detail]);

const { orderId: _, ...example } = makeOrderPlaced().detail;

/** An order as a client sends it. */
export const order = example;

interface RequestParts {
  /** The API's id of the request. */
  id?: string;
  method?: string;
  path?: string;
  query?: string;
  stage?: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  isBase64Encoded?: boolean;
  /** The claims of the token that the API has verified; by default, the API has no authorizer. */
  claims?: Record<string, string>;
}

/** A request as the HTTP API passes it to the function (payload format 2.0). */
export function request(parts: RequestParts = {}): Request {
  const {
    id = 'request-1',
    method = 'GET',
    path = '/dev',
    query = '',
    stage = 'dev',
    headers = {},
    body,
  } = parts;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'jest' },
      requestId: id,
      routeKey: '$default',
      stage,
      time: '22/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_348_800_000,
      ...(parts.claims && { authorizer: { jwt: { claims: parts.claims, scopes: null } } }),
    },
    isBase64Encoded: parts.isBase64Encoded ?? false,
    ...(body !== undefined && { body }),
  };
}

/** GET / with an order in the query: its fields, or the raw query string. */
export const get = (query: string | Record<string, string | number>, parts: RequestParts = {}) =>
  request({
    query:
      typeof query === 'string'
        ? query
        : Object.entries(query)
            .map(([field, value]) => `${field}=${encodeURIComponent(value)}`)
            .join('&'),
    ...parts,
  });

/** POST /orders with a body: text as it is, anything else as JSON. */
export const post = (body: unknown, parts: RequestParts = {}) =>
  request({
    method: 'POST',
    path: '/dev/orders',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...parts,
  });

/** POST /orders with a body that the HTTP API considers binary and encodes. */
export const postBase64 = (body: string | Buffer) =>
  post(Buffer.from(body).toString('base64'), { isBase64Encoded: true });

/** The JSON of an answer: the id of an order, or problem details. */
interface Answer {
  orderId?: string;
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: FieldError[];
}

const idOf = (count: number) => `01890a5d-ac96-774b-bcce-${String(count).padStart(12, '0')}`;

/**
 * A producer with a bus of its own. The ids that it makes count from 1.
 *
 * @param fakes.refusals the errors of the bus, one for each event; after them it accepts every event
 */
export function producer(fakes: { refusals?: readonly unknown[]; newId?: () => string } = {}) {
  const refusals = [...(fakes.refusals ?? [])];
  const published: OutgoingEvent[] = [];
  const lines: ({ level: string } & Line)[] = [];
  const counted: string[] = [];
  const write = (level: string) => (line: Line) => {
    lines.push({ level, ...line });
  };
  let ids = 0;
  const dependencies: HandleRequest = {
    publish: async (event: OutgoingEvent) => {
      if (refusals.length > 0) throw refusals.shift();
      return [`event-${published.push(event)}`];
    },
    newId:
      fakes.newId ??
      (() => {
        ids += 1;
        return idOf(ids);
      }),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    count: (metric) => counted.push(metric),
  };
  return {
    published,
    lines,
    counted,
    async send(sent: Request) {
      const response = await handleRequest(sent, dependencies);
      return { ...response, answer: JSON.parse(response.body ?? '') as Answer };
    },
  };
}

/** The id of a producer's first order. */
export const firstId = idOf(1);

/** Checks that an answer is complete RFC 9457 problem details and mentions no order id. */
export function expectProblem(
  { headers, statusCode, answer }: APIGatewayProxyStructuredResultV2 & { answer: Answer },
  status: number,
  detail: string | RegExp = /./,
) {
  expect({ statusCode, ...answer }).toMatchObject({
    statusCode: status,
    type: 'about:blank',
    title: expect.stringMatching(/^[A-Z]/),
    status,
    detail: expect.stringMatching(detail),
  });
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  expect(answer).not.toHaveProperty('orderId');
}

/** The handler as at the start of its process, which reads the environment. */
export const loadHandler = () =>
  importAnew<typeof import('./handler.ts')>(new URL('handler.ts', import.meta.url));
