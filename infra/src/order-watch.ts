import type { Watched } from './constructs/monitoring.ts';
import type { NodeFunction } from './constructs/node-function.ts';
import type { Queue } from './constructs/queue.ts';

export interface WatchOrdersProps {
  producer: NodeFunction;
  persister: NodeFunction;
  /** Where the orders are that no fulfilment takes. */
  unrouted: Queue;
}

/** How the orders themselves are watched, wherever they are. */
export const watchOrders = ({ producer, persister, unrouted }: WatchOrdersProps): Watched => ({
  watch: {
    title: 'Orders',
    graphs: [
      {
        // An order that is sent again, or an event that is delivered again, counts again.
        title: 'Orders, repeats included',
        metrics: [
          producer.counted('OrdersPlaced'),
          persister.counted('OrdersDispatched'),
          producer.counted('OrdersRefused'),
        ],
      },
      { title: 'Orders that no fulfilment takes', metrics: [unrouted.depth] },
    ],
    alarms: unrouted.alarms({
      name: 'unrouted-orders',
      meaning: 'Orders whose location no fulfilment takes wait in a queue.',
      runbook: 'unrouted-orders',
    }),
  },
});
