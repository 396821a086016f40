import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  OrderNotAcceptedError,
  type StateTest,
  sdkConfig,
  startTestSystem,
  type TestSystem,
} from './index.ts';

let systems: TestSystem[] = [];
afterEach(async () => {
  for (const system of systems) await system.close();
  systems = [];
});
const start = async () => {
  const system = await startTestSystem();
  systems.push(system);
  return system;
};

describe('a test system', () => {
  test('starts in less than a second, with a state of its own', async () => {
    const times: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const before = process.cpuUsage();
      await start();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
    }
    // Time of the processor, and the fastest start: whatever else the machine does isn't counted.
    expect(Math.min(...times)).toBeLessThan(1_000);

    const [first, second] = systems;
    const order = await first?.placeOrder();
    await first?.settled();
    await second?.settled();
    expect(first?.endpoint).not.toBe(second?.endpoint);
    expect(first?.events(order?.orderId)).toHaveLength(3);
    expect(second?.events()).toEqual([]);
    expect(await second?.row(order?.orderId ?? '')).toBeUndefined();
  });

  test('settles what waits for the next attempt, and what has failed for good is in a dead-letter queue', async () => {
    const system = await start();
    await system.partnerBehaves({ status: 503 });
    const { orderId } = await system.placeOrder({ location: 'us-east-1' });
    await system.advance(1);
    expect(system.story(orderId).settled).toBe(false);
    expect(await system.deadLetters()).toEqual([]);

    await system.settled();
    const [letter, ...others] = await system.deadLetters();
    expect(letter).toMatchObject({
      queue: 'USOrdertoAPI-dead-letters',
      body: { detail: { orderId } },
      attributes: { ERROR_CODE: 'SDK_CLIENT_ERROR' },
    });
    expect(others).toEqual([]);
    // What was read is still there.
    expect(await system.deadLetters('USOrdertoAPI-dead-letters')).toEqual([letter]);
    expect(system.failures).toEqual([expect.stringContaining('USOrdertoAPI')]);
  });

  test('reads more messages than a receiver gets at once', async () => {
    const system = await start();
    const sqs = new SQSClient(sdkConfig(system));
    const QueueUrl = `${system.endpoint}/000000000000/UnroutedOrders`;
    for (let n = 0; n < 12; n += 1) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ n }) }));
    }
    sqs.destroy();
    for (const messages of [await system.messages('UnroutedOrders'), await system.messages('UnroutedOrders')])
      expect(messages.map(({ body }) => body.n)).toEqual([...Array(12).keys()]);
  });

  test('tests a state of a workflow without making a service fail', async () => {
    const system = await start();
    const input = { detail: { orderId: 'o-1', location: 'eu-west' } };
    const publish = (test: StateTest) => system.testState('PublishOrderProcessed', { input, ...test });
    expect(await publish({ result: { FailedEntryCount: 0 } })).toEqual({
      status: 'SUCCEEDED',
      output: { FailedEntryCount: 0 },
    });
    const error = 'EventBridge.InternalException';
    expect(await publish({ error, cause: 'throttled', retries: 1 })).toEqual({
      status: 'RETRIABLE',
      error,
      cause: 'throttled',
      retrySeconds: 2,
    });
    expect(await publish({ error, retries: 3 })).toEqual({ status: 'FAILED', error });
    expect(await system.testState('ProcessOrder', { input })).toEqual({
      status: 'SUCCEEDED',
      output: input,
      nextState: 'PublishOrderProcessed',
    });
    expect(system.events()).toEqual([]);
    await expect(system.testState('ProcessOrder', { workflow: 'Other' })).rejects.toThrow(
      'Name the workflow of ProcessOrder: received Other; the stack has EUOrderFulfilment',
    );
  });

  test('says what was wrong with what it was asked', async () => {
    const system = await start();
    const refused = system.placeOrder({ value: -1 });
    await expect(refused).rejects.toThrow(OrderNotAcceptedError);
    await expect(refused).rejects.toThrow(/"value":-1} got 400 instead of 202: {.*Use sendOrder/);
    expect(() => system.story('nobody')).toThrow('No event on the bus is about the order nobody');
    await expect(system.deadLetters('UnroutedOrders')).rejects.toThrow(
      /^UnroutedOrders isn't a queue for what failed; those are .*USOrdertoAPI-dead-letters/,
    );
    expect(() => system.advance(Number.NaN)).toThrow('a number of hours from 0 on; received NaN');
    await expect(system.partnerBehaves({ status: 99 })).rejects.toThrow('allowed is {"status": <200 to 599>');
  });
});
