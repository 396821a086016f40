import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { WatchedQueue } from './watched-queue.ts';

test('a watched queue has a row on the dashboard, and an alarm as soon as a message waits', () => {
  smallStack((stack) => {
    const { watch } = new WatchedQueue(stack, 'late', { name: 'LateOrders', meaning: 'Orders are late.' });
    expect(watch.title).toBe('The queue LateOrders');
    expect(watch.graphs.flatMap(({ metrics }) => metrics.map(({ name }) => name))).toEqual([
      'ApproximateNumberOfMessagesVisible',
    ]);
    expect(watch.alarms).toMatchObject([
      { name: 'LateOrders-waiting', meaning: 'Orders are late.', runbook: 'waiting-messages' },
      { name: 'LateOrders-waiting-expire', runbook: 'waiting-messages' },
    ]);
  });
});
