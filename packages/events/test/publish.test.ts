import type { PutEventsCommand, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { InvalidEventError } from '../src/index.ts';
import { type OutgoingEvent, PublishError, publish } from '../src/publish.ts';
import { order } from './fixtures.ts';

const placed = (value: number, extra: object = {}): OutgoingEvent => ({
  detailType: 'Order Placed',
  detail: { ...order, value, ...extra },
});
const values = (events: readonly OutgoingEvent[]) =>
  events.map((event) => (event.detailType === 'Order Placed' ? event.detail.value : undefined));

/** A bus that answers each entry with `answer`, and keeps the requests. */
function fakeBus(answer: (detail: { value: number }, attempt: number) => PutEventsResultEntry) {
  const requests: { value: number }[][] = [];
  const attempts = new Map<number, number>();
  const send = async (command: PutEventsCommand) => {
    const details = (command.input.Entries ?? []).map(
      (entry) => JSON.parse(entry.Detail ?? '') as { value: number },
    );
    requests.push(details);
    return {
      $metadata: {},
      Entries: details.map((detail) => {
        const attempt = (attempts.get(detail.value) ?? 0) + 1;
        attempts.set(detail.value, attempt);
        return answer(detail, attempt);
      }),
    };
  };
  return { client: { send } as unknown as Parameters<typeof publish>[0], requests };
}

const waits: number[] = [];
const noWait = {
  sleep: async (ms: number) => {
    waits.push(ms);
  },
  random: () => 1,
};
const accept = ({ value }: { value: number }) => ({ EventId: `id-${value}` });

test('sends events in requests of ten and returns their ids in order', async () => {
  const bus = fakeBus(accept);
  const events = Array.from({ length: 23 }, (_, index) => placed(index + 1));

  const ids = await publish(bus.client, 'Orders', events);

  expect(bus.requests.map((request) => request.length)).toEqual([10, 10, 3]);
  expect(ids).toEqual(events.map((_, index) => `id-${index + 1}`));
});

test('publishing nothing sends nothing', async () => {
  const bus = fakeBus(accept);
  await expect(publish(bus.client, 'Orders', [])).resolves.toEqual([]);
  expect(bus.requests).toEqual([]);
});

test('keeps a request under 1 MiB, whatever its number of entries', async () => {
  const bus = fakeBus(accept);
  await publish(
    bus.client,
    'Orders',
    [1, 2, 3].map((value) => placed(value, { unknownField: 'x'.repeat(500_000) })),
  );
  expect(bus.requests.map((request) => request.length)).toEqual([2, 1]);
});

test('refuses an event over 1 MiB before anything is sent', async () => {
  const bus = fakeBus(accept);
  const tooLarge = placed(2, { unknownField: 'ä'.repeat(540_000) });
  await expect(publish(bus.client, 'Orders', [placed(1), tooLarge])).rejects.toThrow(
    /events\[1\] \("Order Placed"\) has 1080\d{3} bytes, allowed are 1048576/,
  );
  expect(bus.requests).toEqual([]);
});

test('refuses an event that breaks the contract before anything is sent', async () => {
  const bus = fakeBus(accept);
  await expect(publish(bus.client, 'Orders', [placed(1), placed(-1)])).rejects.toThrow(InvalidEventError);
  expect(bus.requests).toEqual([]);
});

describe('publish checks the JSON that it sends:', () => {
  const { detail } = placed(1);
  test.each<[string, unknown]>([
    ['a detail whose fields are inherited', Object.create(detail)],
    ['a detail that is written as another', { ...detail, toJSON: () => ({}) }],
    ['a detail that is undefined', undefined],
  ])('%s is refused', async (_, other) => {
    const bus = fakeBus(accept);
    const event = { detailType: 'Order Placed', detail: other } as OutgoingEvent;
    await expect(publish(bus.client, 'Orders', [placed(1), event])).rejects.toThrow(InvalidEventError);
    expect(bus.requests).toEqual([]);
  });

  test('a missing detail is reported as nothing', async () => {
    const event = { detailType: 'Order Placed' } as OutgoingEvent;
    await expect(publish(fakeBus(accept).client, 'Orders', [event])).rejects.toThrow('received nothing');
  });

  const circle: Record<string, unknown> = { ...detail };
  circle.itself = circle;
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  test.each<[string, unknown]>([
    ['a circle', circle],
    ['a bigint', { ...detail, big: 1n }],
    ['what is nested too deeply', { ...detail, deep }],
  ])('%s is refused with the number of the event', async (_, other) => {
    const bus = fakeBus(accept);
    const event = { detailType: 'Order Placed', detail: other } as OutgoingEvent;
    await expect(publish(bus.client, 'Orders', [placed(1), event])).rejects.toThrow(
      'events[1] ("Order Placed") has a detail that JSON can\'t hold: ',
    );
    expect(bus.requests).toEqual([]);
  });

  test('a value that is not an event is refused with its number', async () => {
    const bus = fakeBus(accept);
    const events = [placed(1), null] as unknown as OutgoingEvent[];
    await expect(publish(bus.client, 'Orders', events)).rejects.toThrow('events[1] is null; allowed is');
    expect(bus.requests).toEqual([]);
  });
});

test('sends again only the entries that were throttled, with growing pauses', async () => {
  waits.length = 0;
  const bus = fakeBus((detail, attempt) =>
    detail.value === 2 && attempt < 3
      ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
      : accept(detail),
  );

  const ids = await publish(bus.client, 'Orders', [placed(1), placed(2), placed(3)], noWait);

  expect(ids).toEqual(['id-1', 'id-2', 'id-3']);
  expect(bus.requests.map((request) => request.map(({ value }) => value))).toEqual([[1, 2, 3], [2], [2]]);
  expect(waits).toEqual([100, 200]);
});

test('reports the events that remain after the last attempt, and still sends the others', async () => {
  const bus = fakeBus((detail) =>
    detail.value === 3 ? { ErrorCode: 'InternalFailure', ErrorMessage: 'try later' } : accept(detail),
  );
  const events = Array.from({ length: 12 }, (_, index) => placed(index + 1));

  const error = await publish(bus.client, 'Orders', events, noWait).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(PublishError);
  const { failed, message } = error as PublishError;
  expect(failed).toEqual([{ event: events[2], code: 'InternalFailure', message: 'try later' }]);
  expect(message).toContain('1 of 12 events are not on the bus "Orders"');
  expect(bus.requests.map((request) => request.length)).toEqual([10, 1, 1, 2]);
});

test('does not send again an event that the bus refuses for good', async () => {
  const bus = fakeBus(() => ({ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }));
  await expect(publish(bus.client, 'Orders', [placed(1)], noWait)).rejects.toThrow('MalformedDetail');
  expect(bus.requests).toHaveLength(1);
});

test('reports a request that failed as a whole, keeps the cause, and goes on with the next request', async () => {
  const down = Object.assign(new Error('connect ECONNREFUSED'), { name: 'TimeoutError' });
  let calls = 0;
  const client = {
    send: async (command: PutEventsCommand) => {
      calls += 1;
      if (calls === 1) throw down;
      return { Entries: (command.input.Entries ?? []).map(() => ({ EventId: 'id' })) };
    },
  } as unknown as Parameters<typeof publish>[0];

  const error = (await publish(
    client,
    'Orders',
    Array.from({ length: 11 }, (_, i) => placed(i + 1)),
    noWait,
  ).catch((thrown: unknown) => thrown)) as PublishError;

  expect(error.cause).toBe(down);
  expect(values(error.failed.map(({ event }) => event))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(calls).toBe(2);
});

test('an answer with fewer results than entries loses no event: the others are reported', async () => {
  const client = { send: async () => ({ Entries: [{ EventId: 'id' }] }) } as unknown as Parameters<
    typeof publish
  >[0];
  const error = (await publish(client, 'Orders', [placed(1), placed(2)], noWait).catch(
    (e: unknown) => e,
  )) as PublishError;
  expect(error.failed.map(({ code }) => code)).toEqual(['NoResult']);
});

describe('a signal that aborts', () => {
  const reason = Object.assign(new Error('the time is up'), { name: 'DeadlineError' });
  const events = Array.from({ length: 11 }, (_, index) => placed(index + 1));
  const failureOf = (publishing: Promise<unknown>) =>
    publishing.then(() => undefined).catch((error: unknown) => error as PublishError);

  test('before the first request leaves nothing sent, and every event reported with its reason', async () => {
    const bus = fakeBus(accept);
    const error = await failureOf(
      publish(bus.client, 'Orders', events, { abortSignal: AbortSignal.abort(reason) }),
    );
    expect(bus.requests).toEqual([]);
    expect(error?.cause).toBe(reason);
    expect(error?.failed).toEqual(
      events.map((event) => ({ event, code: 'DeadlineError', message: 'the time is up' })),
    );
  });

  test('during a request ends it, and sends no further one', async () => {
    const controller = new AbortController();
    const signals: (AbortSignal | undefined)[] = [];
    const client = {
      send: (_: PutEventsCommand, options?: { abortSignal?: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          signals.push(options?.abortSignal);
          options?.abortSignal?.addEventListener('abort', () => reject(new Error('Request aborted')));
          controller.abort(reason);
        }),
    } as unknown as Parameters<typeof publish>[0];

    const error = await failureOf(publish(client, 'Orders', events, { abortSignal: controller.signal }));

    expect(signals).toEqual([controller.signal]);
    expect(error?.failed).toHaveLength(11);
    expect(error?.message).toContain('DeadlineError: the time is up');
  });

  test('between two attempts ends the wait, and sends no further one', async () => {
    const controller = new AbortController();
    const bus = fakeBus(() => {
      // Aborts once `publish` waits, which is after this answer.
      setTimeout(() => controller.abort(reason), 0);
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' };
    });
    const begin = performance.now();

    // A wait of more than an hour.
    const random = () => 1e5;
    const error = await failureOf(
      publish(bus.client, 'Orders', [placed(1)], { abortSignal: controller.signal, random }),
    );

    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(bus.requests).toHaveLength(1);
    expect(error?.failed).toMatchObject([{ code: 'DeadlineError' }]);
  });

  test('after the last confirmation changes nothing', async () => {
    const controller = new AbortController();
    const ids = await publish(fakeBus(accept).client, 'Orders', [placed(1)], {
      abortSignal: controller.signal,
    });
    controller.abort(reason);
    expect(ids).toEqual(['id-1']);
  });
});

describe('the name of the bus', () => {
  test.each([
    'Orders',
    'default',
    'aws.partner/example.com/orders/1',
    'arn:aws:events:eu-west-1:123456789012:event-bus/Orders',
    'arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/Orders',
  ])('may be %s', async (busName) => {
    await expect(publish(fakeBus(accept).client, busName, [placed(1)])).resolves.toEqual(['id-1']);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['""', ''],
    ['" "', ' '],
    ['"Orders\\n"', 'Orders\n'],
    ['"${BUS_NAME}"', '${BUS_NAME}'],
    ['an object', { name: 'Orders' }],
    ['"arn:aws:sns:eu-west-1:123456789012:Orders"', 'arn:aws:sns:eu-west-1:123456789012:Orders'],
  ])('may not be %s: nothing is sent to another bus', async (received, busName) => {
    const bus = fakeBus(accept);
    await expect(publish(bus.client, busName as string, [placed(1)])).rejects.toThrow(
      `The name of the bus is ${received}; allowed is the name or the ARN of an event bus`,
    );
    expect(bus.requests).toEqual([]);
  });
});

test.each([Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY, '3' as unknown as number])(
  'maxAttempts may not be %p: nothing is sent',
  async (maxAttempts) => {
    const bus = fakeBus(accept);
    await expect(publish(bus.client, 'Orders', [placed(1)], { maxAttempts })).rejects.toThrow(
      /^maxAttempts is .+; allowed is a whole number, 1 or more/,
    );
    expect(bus.requests).toEqual([]);
  },
);
