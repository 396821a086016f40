import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { createLocalApi } from '../../local-api.ts';
import type { BusEvent } from '../../target.ts';
import { arnOf, makeContext, makeEvent, makePlan, stepsOf } from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';

const RULE_ARN = arnOf('events', 'rule/Orders/Every');
const attributes = { RULE_ARN, TARGET_ARN: 'arn:target', ERROR_CODE: 'TIMEOUT' };
const letter = (id: string, changes: { body?: string; attributes?: Record<string, string> } = {}) => ({
  id,
  body: JSON.stringify(makeEvent({ id })),
  attributes,
  ...changes,
});

const target = {
  rule: 'Every',
  event_bus_name: 'Orders',
  arn: 'arn:target',
  dead_letter_config: { arn: 'queue:letters' },
};

/** A bus with one rule, whose dead-letter queue has these messages, and whose target does what a test says. */
function makeSystem(
  messages: ReturnType<typeof letter>[],
  deliver: (event: BusEvent) => void | Promise<void>,
  twin: JsonObject = {},
) {
  const context = makeContext();
  const flows: string[] = [];
  let waiting = messages;
  const plan = makePlan({
    aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
    aws_cloudwatch_event_rule: {
      r: { name: 'Every', event_bus_name: 'Orders', event_pattern: '{"source":["s"]}' },
    },
    aws_cloudwatch_event_target: { t: target, ...twin },
  });
  const buses = createEventBuses(plan, context, {
    targets: [
      () => ({
        description: 'partner',
        async deliver(event, flowId) {
          flows.push(flowId);
          await deliver(event);
        },
      }),
    ],
    findQueue: (arn) => ({
      name: arn.replace('queue:', ''),
      send() {},
      waiting: () => waiting,
      remove(id) {
        waiting = waiting.filter((message) => message.id !== id);
      },
    }),
  });
  const api = createLocalApi(buses.routes ?? {});
  const redrive = async (name = 'letters', body = '') => {
    const path = `/_local/queues/${name}/redrive`;
    const request = { method: 'POST', path, rawQueryString: '', headers: {}, sourceIp: '127.0.0.1' };
    const response = await api({ ...request, body: Buffer.from(body) });
    return { status: response?.status, body: JSON.parse(response?.body.toString() ?? 'null') as object };
  };
  const left = () => waiting.map(({ id }) => id);
  return { redrive, left, flows, context };
}

describe('a redrive', () => {
  test('leaves a letter that two targets may have left, which get other inputs', async () => {
    const twin = { u: { ...target, input: '{}' } };
    const { redrive, left } = makeSystem([letter('e1')], () => {}, twin);
    expect(await redrive()).toMatchObject({
      body: { delivered: 0, messages: [{ error: expect.stringContaining('several targets arn:target') }] },
    });
    expect(left()).toEqual(['e1']);
  });

  test('goes to the one of two targets whose queue it is', async () => {
    const twin = { u: { ...target, input: '{}', dead_letter_config: { arn: 'queue:others' } } };
    const { redrive, left } = makeSystem([letter('e1')], () => {}, twin);
    expect(await redrive()).toMatchObject({ body: { delivered: 1 } });
    expect(left()).toEqual([]);
  });

  test('delivers each dead letter to its own target, takes it out of the queue, and says so', async () => {
    const got: string[] = [];
    const { redrive, left, flows, context } = makeSystem([letter('e1'), letter('e2')], ({ id }) => {
      got.push(id);
    });
    const named = { rule: 'Every', target: 'partner', detailType: 'Order Placed', status: 'delivered' };
    expect(await redrive()).toEqual({
      status: 200,
      body: {
        queue: 'letters',
        delivered: 2,
        left: 0,
        messages: [
          { ...named, messageId: 'e1', eventId: 'e1' },
          { ...named, messageId: 'e2', eventId: 'e2' },
        ],
      },
    });
    expect(got).toEqual(['e1', 'e2']);
    expect(left()).toEqual([]);
    expect(stepsOf(context.trace, flows[0] ?? '')).toMatchObject([
      { kind: 'event', id: 'e1', deliveries: [{ rule: 'Every', target: 'partner', status: 'delivered' }] },
    ]);
  });

  test('leaves what is not delivered in the queue, says why, and goes on with the next one', async () => {
    const { redrive, left } = makeSystem([letter('e1'), letter('e2')], ({ id }) => {
      if (id === 'e1') throw new Error('The partner answered 503');
    });
    expect(await redrive()).toMatchObject({
      body: {
        delivered: 1,
        left: 1,
        messages: [{ eventId: 'e1', status: 'failed', error: 'The partner answered 503' }, { eventId: 'e2' }],
      },
    });
    expect(left()).toEqual(['e1']);
  });

  test.each([
    ['has no attributes of a rule', { attributes: {} }, /no RULE_ARN/],
    ['is of another rule', { attributes: { ...attributes, RULE_ARN: 'arn:gone' } }, /no rule arn:gone/],
    ['is of another target', { attributes: { ...attributes, TARGET_ARN: 'arn:x' } }, /with the target arn:x/],
    ['is not JSON', { body: '{' }, /isn't an event/],
    ['is not an event', { body: '[]' }, /isn't an event/],
  ])('leaves a message that %s', async (_, changes, error) => {
    const { redrive, left, flows } = makeSystem([letter('e1', changes)], () => {});
    expect(await redrive()).toMatchObject({
      body: { delivered: 0, left: 1, messages: [{ status: 'failed', error: expect.stringMatching(error) }] },
    });
    expect(left()).toEqual(['e1']);
    expect(flows).toEqual([]);
  });

  test('of a queue that no rule gives its dead letters to is refused, with those that have some', async () => {
    expect(await makeSystem([], () => {}).redrive('orders')).toEqual({
      status: 404,
      body: { message: "orders isn't the dead-letter queue of a rule. The stack has letters." },
    });
  });

  test('sends only the letters that it names, and another event in place of one', async () => {
    const got: unknown[] = [];
    const letters = ['e1', 'e2', 'e3'].map((id) => letter(id));
    const { redrive, left } = makeSystem(letters, ({ id, detail }) => void got.push([id, detail]));
    const event = makeEvent({ id: 'e3', detail: { location: 'mended' } });
    const answer = await redrive(
      'letters',
      JSON.stringify({ messages: [{ id: 'e1' }, { id: 'e3', event }] }),
    );
    expect(answer).toMatchObject({ body: { delivered: 2, left: 1, messages: [{ messageId: 'e1' }, {}] } });
    expect(got).toEqual([
      ['e1', makeEvent().detail],
      ['e3', { location: 'mended' }],
    ]);
    expect(left()).toEqual(['e2']);
  });

  test.each(['{', '[]', '{"messages": [{}]}', '{"messages": "e1"}', '{"all": true}'])(
    'with the body %s is refused, and sends nothing',
    async (body) => {
      const { redrive, left } = makeSystem([letter('e1')], () => {});
      expect(await redrive('letters', body)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('Allowed is no body') },
      });
      expect(left()).toEqual(['e1']);
    },
  );

  test('is refused while the queue is being redriven, so that nothing is delivered twice', async () => {
    const answered = Promise.withResolvers<void>();
    const { redrive, flows } = makeSystem([letter('e1')], () => answered.promise);
    const first = redrive();
    expect(await redrive()).toMatchObject({ status: 409 });
    answered.resolve();
    expect(await first).toMatchObject({ status: 200, body: { delivered: 1 } });
    expect(await redrive()).toMatchObject({ status: 200, body: { delivered: 0, messages: [] } });
    expect(flows).toHaveLength(1);
  });
});
