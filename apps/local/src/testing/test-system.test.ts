import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  OrderNotAcceptedError,
  type StateTest,
  sdkConfig,
  startTestSystem,
  type TestSystem,
} from './index.ts';

/** That of every test that needs no other one. */
let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.close());

describe('a test system', () => {
  test('starts in less than a second, with a state of its own', async () => {
    const times: number[] = [];
    const others: TestSystem[] = [];
    try {
      for (let count = 0; count < 3; count += 1) {
        const before = process.cpuUsage();
        others.push(await startTestSystem());
        const usage = process.cpuUsage(before);
        times.push((usage.user + usage.system) / 1_000);
      }
      // Time of the processor, and the fastest start: whatever else the machine does isn't counted.
      expect(Math.min(...times)).toBeLessThan(1_000);

      const { orderId } = await system.placeOrder();
      await system.settled();
      expect(system.events(orderId)).toHaveLength(3);
      expect(await system.row(orderId)).toMatchObject({ orderId });
      for (const other of others) {
        await other.settled();
        expect(other.endpoint).not.toBe(system.endpoint);
        expect(other.events()).toEqual([]);
        expect(await other.row(orderId)).toBeUndefined();
      }
    } finally {
      for (const other of others) await other.close();
    }
  });

  test('settles what waits for the next attempt, and what has failed for good is in a dead-letter queue', async () => {
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
    await system.partnerBehaves({});
  });

  test('reads more messages than a receiver gets at once', async () => {
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
    const input = { detail: { orderId: 'o-1', location: 'eu-west' } };
    const before = system.events();
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
    expect(system.events()).toEqual(before);
    await expect(system.testState('ProcessOrder', { workflow: 'Other' })).rejects.toThrow(
      'Name the workflow of ProcessOrder: received Other; the stack has EUOrderFulfilment',
    );
  });

  test('says what was wrong with what it was asked', async () => {
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
