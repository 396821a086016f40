/** What the tests of the producer share: requests in a line, a bus that keeps what it took, and what is written. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, jest } from '@jest/globals';
import type { OutgoingEvent } from '@orders/events/publish';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type HandleRequest, handleRequest, type LogLine } from './handle-request.ts';
import type { FieldError } from './problem.ts';

const schemasDir = resolve(import.meta.dirname, '../../../schemas');
const readJson = (path: string): unknown => JSON.parse(readFileSync(resolve(schemasDir, path), 'utf8'));

/** The part of the contract that valid orders are generated from. */
export const { properties: contract } = readJson('order-placed.json') as {
  properties: {
    category: { pattern: string; maxLength: number };
    location: { pattern: string; maxLength: number };
    value: { minimum: number; maximum: number };
  };
};

/** The fixtures of Order Placed, by name. */
export const fixtures = (kind: 'valid' | 'invalid'): [name: string, detail: unknown][] =>
  readdirSync(resolve(schemasDir, 'fixtures/order-placed', kind)).map((file) => [
    file.replace('.json', '').replaceAll('-', ' '),
    readJson(`fixtures/order-placed/${kind}/${file}`),
  ]);

export const order = { category: 'office-supplies', location: 'eu-west', value: 300 };

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
}

/** A request as the HTTP API hands it to the function (payload format 2.0). */
export function request(parts: RequestParts = {}): APIGatewayProxyEventV2 {
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
    },
    isBase64Encoded: parts.isBase64Encoded ?? false,
    ...(body !== undefined && { body }),
  };
}

/** GET / with an order in the query: fields by name, or the raw query string. */
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

/** POST /orders with a body: as it is when it is text, else as JSON. */
export const post = (body: unknown, parts: RequestParts = {}) =>
  request({
    method: 'POST',
    path: '/dev/orders',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...parts,
  });

/** POST /orders with a body as the HTTP API encodes what it takes for binary. */
export const postBase64 = (body: string | Buffer) =>
  post(Buffer.from(body).toString('base64'), { isBase64Encoded: true });

/** The JSON of an answer: an order's id, or problem details. */
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
 * A producer of its own, whose ids count from 1.
 *
 * @param fakes.refusals what the bus rejects with, one a request; after them it takes everything
 */
export function producer(fakes: { refusals?: readonly unknown[]; newId?: () => string } = {}) {
  const refusals = [...(fakes.refusals ?? [])];
  const published: OutgoingEvent[] = [];
  const lines: ({ level: string } & LogLine)[] = [];
  const counted: string[] = [];
  const write = (level: string) => (line: LogLine) => {
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
    async send(sent: APIGatewayProxyEventV2) {
      const response = await handleRequest(sent, dependencies);
      return { ...response, answer: JSON.parse(response.body ?? '') as Answer };
    },
  };
}

/** The id that a producer of these tests gives its first order. */
export const firstId = idOf(1);

/** Checks that an answer is RFC 9457 problem details, whole, and says nothing of an order. */
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

/** Keeps all that the process itself writes, which is what Lambda takes for the log, until mocks are restored. */
export function captureOutput() {
  let written = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      written += chunk;
      return true;
    });
  }
  return {
    /** What was written so far, each line parsed as the JSON that it must be. */
    lines: () =>
      written
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** What Lambda tells the handler of an invocation. */
export const invocation = (awsRequestId = 'invocation-1') =>
  ({ awsRequestId, functionName: 'orders-producer', memoryLimitInMB: '512' }) as Context;

/** A metric as CloudWatch takes it out of a line, embedded metric format, and the ids that the line has beside it. */
export const metricLine = (metric: string, ids: object) => ({
  ...ids,
  _aws: {
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      { Namespace: 'Orders', Dimensions: [['service']], Metrics: [{ Name: metric, Unit: 'Count' }] },
    ],
  },
  service: 'orders-producer',
  [metric]: 1,
});
