import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHandler, type Invocation } from './create-handler.ts';
import { captureOutput, functionEnvironment, makeContext, metricLine, trace } from './testing/index.ts';

let output: ReturnType<typeof captureOutput>;
const environment = process.env;

beforeEach(() => {
  output = captureOutput();
  process.env = { ...environment, ...functionEnvironment('orders-example') };
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

/** A function that logs and counts what it receives as the ids of an order. */
const observe = async (ids: object, { log, count }: Invocation) => {
  log.info({ message: 'order observed', ...ids });
  count('OrdersObserved', ids);
};

describe('a handler', () => {
  test('answers what its function returns', async () => {
    const handler = createHandler(async (event: string) => `answer to ${event}`);
    await expect(handler('a question', makeContext())).resolves.toBe('answer to a question');
  });

  test('is an async function, so that Lambda fails an invocation that never ends', () => {
    expect(createHandler(async () => {}).constructor.name).toBe('AsyncFunction');
  });

  test('rejects with what its function throws', async () => {
    const reason = new Error('the table is down');
    const handler = createHandler(async () => {
      throw reason;
    });
    await expect(handler({}, makeContext())).rejects.toBe(reason);
  });
});

describe('the output', () => {
  test('is empty before the first event', () => {
    createHandler(observe);
    expect(output.lines()).toEqual([]);
  });

  test('is a log line with the ids, the request and the trace, and a metric line with the same ids', async () => {
    process.env._X_AMZN_TRACE_ID = trace(1).header;
    const ids = { orderId: 'order-1', eventId: 'event-1' };

    const before = Date.now();
    await createHandler(observe)(ids, makeContext('invocation-1'));
    const after = Date.now();

    const [line, metric, ...others] = output.lines();
    const joining = { ...ids, function_request_id: 'invocation-1', xray_trace_id: trace(1).id };
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'order observed',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}/),
      service: 'orders-example',
      ...joining,
    });
    expect(metric).toEqual(metricLine('OrdersObserved', joining));
    const { Timestamp: timestampMs } = (metric as { _aws: { Timestamp: number } })._aws;
    expect(timestampMs).toBeGreaterThanOrEqual(before);
    expect(timestampMs).toBeLessThanOrEqual(after);
    expect(others).toEqual([]);
  });

  test('of an event has nothing of an earlier event', async () => {
    const handler = createHandler(observe);
    process.env._X_AMZN_TRACE_ID = trace(1).header;
    await handler({ orderId: 'order-1', eventId: 'event-1' }, makeContext('invocation-1'));
    const earlier = output.lines().length;

    process.env._X_AMZN_TRACE_ID = trace(2).header;
    await handler({ eventId: 'event-2' }, makeContext('invocation-2'));

    const [line, metric, ...others] = output.lines().slice(earlier);
    const joining = { eventId: 'event-2', function_request_id: 'invocation-2', xray_trace_id: trace(2).id };
    expect(line).toMatchObject(joining);
    expect(metric).toEqual(metricLine('OrdersObserved', joining));
    for (const id of ['order-1', 'event-1', 'invocation-1', trace(1).id]) {
      expect(JSON.stringify([line, metric])).not.toContain(id);
    }
    expect(others).toEqual([]);
  });

  test('has metric lines with their own ids when events overlap', async () => {
    const handler = createHandler(async (ids: object, { count }) => {
      await Promise.resolve();
      count('OrdersObserved', ids);
    });
    const orders = ['order-1', 'order-2', 'order-3'];

    await Promise.all(orders.map((orderId) => handler({ orderId }, makeContext(`invocation of ${orderId}`))));

    expect(output.lines()).toEqual(
      orders.map((orderId) =>
        metricLine('OrdersObserved', { orderId, function_request_id: `invocation of ${orderId}` }),
      ),
    );
  });

  test('counts another number than one, and for another time than now, if the function says so', async () => {
    const at = new Date('2026-01-31T12:15:00Z');
    const handler = createHandler(async (ids: object, { count }) => {
      count('OrdersLate', ids, { value: -1, at });
      count('OrdersObserved', ids);
    });
    await handler({ orderId: 'order-1' }, makeContext());
    const ids = { orderId: 'order-1', function_request_id: 'invocation-1' };
    const [late, observed, ...others] = output.lines();
    expect(late).toEqual(metricLine('OrdersLate', ids, { value: -1, at }));
    expect(observed).toEqual(metricLine('OrdersObserved', ids));
    expect((observed as { _aws: { Timestamp: number } })._aws.Timestamp).not.toBe(at.getTime());
    expect(others).toEqual([]);
  });

  test('leaves out an id that is undefined', async () => {
    await createHandler(observe)({ orderId: 'order-1', eventId: undefined }, makeContext());
    for (const line of output.lines()) expect(line).not.toHaveProperty('eventId');
  });

  test("follows the function's log level, and has the metric at every level", async () => {
    process.env.AWS_LAMBDA_LOG_LEVEL = 'ERROR';
    await createHandler(observe)({ orderId: 'order-1' }, makeContext());
    expect(output.lines()).toEqual([
      metricLine('OrdersObserved', { orderId: 'order-1', function_request_id: 'invocation-1' }),
    ]);
  });
});
