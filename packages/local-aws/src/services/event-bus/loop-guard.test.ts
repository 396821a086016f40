import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { makeCaller, makeContext, makePlan, until } from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';

/** A bus whose one rule takes every event, and whose target does what a test says. */
function makeBus(deliver: (publish: (detailType: string) => Promise<void>, flowId: string) => Promise<void>) {
  const context = makeContext();
  const publishIn = (flowId: string) => async (DetailType: string) => {
    const Entries: JsonObject[] = [{ EventBusName: 'Orders', Source: 's', DetailType, Detail: '{}' }];
    await call('AWSEvents.PutEvents', { Entries }, { 'x-amzn-trace-id': `Root=${flowId}` });
  };
  const buses = createEventBuses(
    makePlan({
      aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
      aws_cloudwatch_event_rule: {
        r: { name: 'Every', event_bus_name: 'Orders', event_pattern: '{"source":["s"]}' },
      },
      aws_cloudwatch_event_target: { t: { rule: 'Every', event_bus_name: 'Orders', arn: 'arn:t' } },
    }),
    context,
    {
      targets: [() => ({ description: 't', deliver: (_, flowId) => deliver(publishIn(flowId), flowId) })],
      findQueue: () => undefined,
    },
  );
  const call = makeCaller([buses], context);
  return { context, publishIn };
}

test('a loop through the bus leaves others their turn, is stopped, and says which events it has', async () => {
  let deliveries = 0;
  const { context, publishIn } = makeBus(async (publish) => {
    deliveries += 1;
    await publish(deliveries % 2 === 0 ? 'Ping' : 'Pong');
  });
  const flowId = context.trace.newFlow();
  let deliveriesAtTurn = Number.POSITIVE_INFINITY;
  setTimeout(() => {
    deliveriesAtTurn = deliveries;
  });
  await publishIn(flowId)('Ping');
  await until(() => context.trace.isSettled(flowId), 'the loop has ended');

  expect(deliveries).toBe(1_000);
  expect(deliveriesAtTurn).toBeLessThan(100);
  expect(context.failures).toEqual([
    `The flow ${flowId} has published 1000 events, which looks like a loop: its further events are not delivered. ` +
      'The last ones were Pong, Ping, Pong, Ping, Pong, Ping',
  ]);
});

test('many events that have a flow each are no loop', async () => {
  let deliveries = 0;
  const { context, publishIn } = makeBus(async () => {
    deliveries += 1;
  });
  for (let count = 0; count < 1_100; count += 1) await publishIn(context.trace.newFlow())('Ping');
  await context.trace.idle();
  expect(deliveries).toBe(1_100);
  expect(context.failures).toEqual([]);
});
