import { expect, test } from '@jest/globals';
import { MetricStore, minuteMs } from '../../metrics/metric-store.ts';
import { FakeClock } from '../../testing.ts';
import type { Message } from './message.ts';
import { createQueueLevels } from './queue-levels.ts';

/** A queue that keeps messages for five minutes, and what its metrics have: the levels of each minute from the start. */
function start() {
  const clock = new FakeClock();
  const metrics = new MetricStore(clock.now);
  const queue = { name: 'q', retentionSeconds: 300, messages: new Map<string, Message>() };
  const { messages, catchUp } = createQueueLevels(queue, { metrics, clock });
  metrics.beforeRead('AWS/SQS', { QueueName: 'q' }, catchUp);
  const startedAt = clock.now();
  const levels = (name: string, minutes: number) =>
    Array.from({ length: minutes }, (_, minute) => {
      const from = startedAt + minute * minuteMs;
      const id = { namespace: 'AWS/SQS', name, dimensions: { QueueName: 'q' } };
      return metrics.read(id)(from, from + minuteMs)?.max;
    });
  return {
    clock,
    messages,
    send: (id: string, delayMs = 0) =>
      messages.set(id, { id, sentAt: clock.now(), visibleAt: clock.now() + delayMs } as Message),
    depths: (minutes: number) => levels('ApproximateNumberOfMessagesVisible', minutes),
    ages: (minutes: number) => levels('ApproximateAgeOfOldestMessage', minutes),
  };
}

test('a minute has the depth of the queue at its end, and the age of the oldest message', () => {
  const { clock, messages, send, depths, ages } = start();
  send('a');
  clock.advance(30_000);
  send('b');
  clock.advance(60_000);
  messages.delete('a');
  clock.advance(120_000);
  expect(depths(4)).toEqual([2, 1, 1, 1]);
  expect(ages(4)).toEqual([59, 89, 149, 180]);
});

test('a message counts while it is visible: after its delay, and until it expires', () => {
  const { clock, send, depths, ages } = start();
  send('late', 90_000);
  clock.advance(7 * minuteMs);
  expect(depths(7)).toEqual([0, 1, 1, 1, 1, 0, 0]);
  expect(ages(7)).toEqual([59, 119, 179, 239, 299, 0, 0]);
});

test('the minute that runs has the level of now', () => {
  const { clock, messages, send, depths } = start();
  send('a');
  expect(depths(1)).toEqual([1]);
  send('b');
  expect(depths(1)).toEqual([2]);
  messages.clear();
  clock.advance(minuteMs);
  expect(depths(2)).toEqual([0, undefined]);
});

test('an empty queue has no levels while nothing happens in it', () => {
  const { clock, messages, send, depths } = start();
  clock.advance(2 * minuteMs);
  expect(depths(2)).toEqual([undefined, undefined]);
  send('a');
  messages.delete('a');
  clock.advance(3 * minuteMs);
  expect(depths(5)).toEqual([undefined, undefined, 0, undefined, undefined]);
});
