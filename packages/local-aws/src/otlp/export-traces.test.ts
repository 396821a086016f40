import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import { account, FakeClock, makeEvent, region, systemIds, Trace, until } from '../testing.ts';
import { exportTraces } from './export-traces.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: JsonObject }[];
  events?: { name: string }[];
  status: { code?: number; message?: string };
  /** Of its resource. */
  resource: Record<string, unknown>;
}

/** The value of an attribute, as OTLP has it in JSON: `{ "stringValue": "a" }`. */
const plain = (value: JsonObject): unknown => {
  const [content] = Object.values(value);
  const list = (content as { values?: JsonObject[] } | null)?.values;
  return list ? list.map(plain) : content;
};
const attributesOf = (attributes: SentSpan['attributes']) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

/** An OTLP endpoint that keeps what it gets. */
async function startCollector(answered: () => number | Promise<number> = () => 200) {
  const requests: { path: string | undefined; type: string | undefined; body: string }[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ path: request.url, type: request.headers['content-type'], body });
    response.writeHead(await answered(), { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
  };
  ends.push(close);
  const spans = (): SentSpan[] =>
    requests.flatMap(({ body }) => {
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: {
          resource: { attributes: SentSpan['attributes'] };
          scopeSpans: { spans: SentSpan[] }[];
        }[];
      };
      return resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) =>
          spans.map((span) => ({ ...span, resource: attributesOf(resource.attributes) })),
        ),
      );
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, spans, close };
}

/** A trace whose spans go to an endpoint. */
function makeTrace(url: string, timeoutMs?: number) {
  const clock = new FakeClock();
  const trace = new Trace(clock, systemIds);
  const failures: string[] = [];
  const end = exportTraces({
    trace,
    url,
    stack: 'orders-dev',
    place: () => ({ region, account, endpoint: '' }),
    subjectOf: () => 'o-1',
    ...(timeoutMs !== undefined && { timeoutMs }),
    onFailure: (message) => failures.push(message),
  });
  ends.push(end);
  return { clock, trace, failures, end, flowId: trace.newFlow() };
}

const request = { kind: 'request', method: 'GET', path: '/dev/orders/o-1' } as const;

describe('the spans of a trace are sent', () => {
  test('by the protocol: whole ids, times in nanoseconds, one request and one resource for many', async () => {
    const collector = await startCollector();
    const { clock, trace, end, flowId } = makeTrace(collector.url);
    const span = trace.begin(flowId, request);
    clock.advance(7);
    span.end({ status: 202 });
    for (let count = 0; count < 99; count += 1) trace.record(flowId, request);
    await end();
    expect(collector.requests.map(({ path, type }) => [path, type])).toEqual([
      ['/v1/traces', 'application/json'],
    ]);
    expect(JSON.parse(collector.requests[0]?.body ?? '')).toMatchObject({ resourceSpans: [{}] });
    const [first, ...others] = collector.spans();
    expect(others).toHaveLength(99);
    expect(first?.traceId).toBe(flowId.slice(2).replace('-', ''));
    expect(first?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(first?.parentSpanId || undefined).toBeUndefined();
    expect(new Set(collector.spans().map(({ spanId }) => spanId)).size).toBe(100);
    expect(BigInt(first?.endTimeUnixNano ?? 0) - BigInt(first?.startTimeUnixNano ?? 0)).toBe(7_000_000n);
    expect(BigInt(first?.endTimeUnixNano ?? 0)).toBe(BigInt(clock.now()) * 1_000_000n);
  });

  test("under OpenTelemetry's names, each below what it was done for", async () => {
    const collector = await startCollector();
    const { trace, end, flowId } = makeTrace(collector.url);
    const { causes } = trace;
    const api = trace.begin(flowId, { ...request, route: '/dev/orders/{orderId}' });
    const producer = causes.during({ flowId, spanId: api.id }, () =>
      trace.begin(flowId, { kind: 'invocation', function: 'producer', requestId: 'r-1' }),
    );
    const event = causes.during({ flowId, spanId: producer.id }, () =>
      trace.begin(flowId, { kind: 'event', bus: 'Orders', event: makeEvent() }),
    );
    const delivery = trace.begin(flowId, { kind: 'delivery', rule: 'R', target: 'function f' }, event);
    const attempt = trace.begin(flowId, { kind: 'attempt', number: 1 }, delivery);
    causes.during({ flowId, spanId: attempt.id }, () => {
      const invocation = trace.begin(flowId, { kind: 'invocation', function: 'f' });
      causes.during({ flowId, spanId: invocation.id }, () =>
        trace.record(flowId, { kind: 'write', table: 'T', operation: 'PutItem', item: {} }),
      );
      invocation.end();
      trace
        .begin(flowId, {
          kind: 'execution',
          stateMachine: 'W',
          executionArn: 'arn:aws:states:r:a:execution:W:x',
        })
        .end();
    });
    for (const span of [attempt, delivery, event, producer]) span.end();
    api.end({ status: 202 });
    await end();

    const spans = collector.spans();
    const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name;
    const shown = spans.map(({ name, kind, parentSpanId, attributes, resource }) => [
      name,
      { kind, below: nameOf(parentSpanId), by: resource['service.name'], ...attributesOf(attributes) },
    ]);
    const [server, client, producing, consuming, internal] = [2, 3, 4, 5, 1];
    const messaging = { 'messaging.system.name': 'aws.eventbridge', 'messaging.destination.name': 'Orders' };
    expect(Object.fromEntries(shown)).toEqual({
      'GET /dev/orders/{orderId}': {
        ...{ kind: server, below: undefined, by: 'HTTP API' },
        'http.request.method': 'GET',
        'http.route': '/dev/orders/{orderId}',
        'url.path': '/dev/orders/o-1',
        'url.scheme': 'http',
        'http.response.status_code': 202,
      },
      producer: {
        ...{ kind: server, below: 'GET /dev/orders/{orderId}', by: 'producer' },
        'faas.trigger': 'http',
        'faas.invocation.id': 'r-1',
        'aws.lambda.invoked_arn': `arn:aws:lambda:${region}:${account}:function:producer`,
      },
      'send Orders': {
        ...{ kind: producing, below: 'producer', by: 'Orders' },
        ...messaging,
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'PutEvents',
        'messaging.message.id': makeEvent().id,
        'messaging.message.conversation_id': 'o-1',
        'aws.eventbridge.detail_type': 'Order Placed',
        'aws.eventbridge.source': 'com.aws.orders',
      },
      'process R': {
        ...{ kind: consuming, below: 'send Orders', by: 'Orders' },
        ...messaging,
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'deliver',
        'messaging.destination.subscription.name': 'R',
        'aws.eventbridge.target': 'function f',
      },
      'attempt 1': { kind: internal, below: 'process R', by: 'Orders' },
      f: {
        ...{ kind: consuming, below: 'attempt 1', by: 'f' },
        'faas.trigger': 'pubsub',
        'aws.lambda.invoked_arn': `arn:aws:lambda:${region}:${account}:function:f`,
      },
      'PutItem T': {
        ...{ kind: client, below: 'f', by: 'f' },
        'db.system.name': 'aws.dynamodb',
        'db.operation.name': 'PutItem',
        'db.collection.name': 'T',
        'aws.dynamodb.table_names': ['T'],
      },
      W: {
        ...{ kind: internal, below: 'attempt 1', by: 'W' },
        'aws.step_functions.state_machine.arn': 'arn:aws:states:r:a:stateMachine:W',
      },
    });
    expect(spans.find(({ name }) => name === 'f')?.resource).toEqual({
      'service.name': 'f',
      'service.namespace': 'orders-dev',
      'deployment.environment.name': 'local',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': region,
      'cloud.account.id': account,
      'cloud.resource_id': `arn:aws:lambda:${region}:${account}:function:f`,
      'faas.name': 'f',
    });
  });

  test('with what failed as an error, its stack, and when it waited', async () => {
    const collector = await startCollector();
    const { clock, trace, end, flowId } = makeTrace(collector.url);
    const failed = trace.begin(flowId, { kind: 'invocation', function: 'f' });
    failed.wait(clock.now() + 60_000);
    failed.fail('InvalidEventError: no', { stack: ['at f (a.ts:1)'] });
    trace.begin(flowId, request).end({ status: 503 });
    trace.begin(flowId, request).end({ status: 404 });
    await end();
    const [error, unavailable, notFound] = collector.spans();
    expect(error).toMatchObject({ status: { code: 2, message: 'InvalidEventError: no' } });
    expect(attributesOf(error?.attributes ?? [])['error.type']).toBe('InvalidEventError');
    expect(error?.events?.map(({ name }) => name)).toEqual(['waits', 'exception']);
    expect(unavailable?.status).toMatchObject({ code: 2 });
    expect(notFound?.status.code ?? 0).toBe(0);
  });
});

describe('an endpoint that takes no traces', () => {
  test('is told of once, and not for each batch', async () => {
    const collector = await startCollector(() => 400);
    const { trace, failures, end, flowId } = makeTrace(collector.url);
    for (const count of [1, 2]) {
      trace.record(flowId, request);
      await until(() => collector.requests.length === count, `batch ${count} was sent`);
    }
    await end();
    expect(failures).toEqual([
      expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/v1\/traces doesn't take the traces: .*They are dropped until it does$/,
      ),
    ]);
  });

  test('that is down is told of once, and holds up neither the system nor its end', async () => {
    const collector = await startCollector();
    await collector.close();
    const { trace, failures, end, flowId } = makeTrace(collector.url, 100);
    for (let count = 0; count < 2_000; count += 1) trace.record(flowId, request);
    await until(() => failures.length > 0, 'it is told');
    trace.record(flowId, request);
    await end();
    expect(failures).toEqual([expect.stringContaining("/v1/traces doesn't take the traces: ")]);
  });

  test('that is slow gets as many spans as wait for it, at most', async () => {
    const gate = Promise.withResolvers<number>();
    const collector = await startCollector(() => gate.promise);
    const { trace, end, flowId } = makeTrace(collector.url);
    for (let count = 0; count < 10_000; count += 1) trace.record(flowId, request);
    await until(() => collector.requests.length > 0, 'the first batch is sent');
    gate.resolve(200);
    await end();
    expect(collector.spans().length).toBeGreaterThan(512);
    expect(collector.spans().length).toBeLessThanOrEqual(8_192 + 512);
  });
});
