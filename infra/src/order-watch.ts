import type { Watched } from './constructs/monitoring.ts';
import type { NodeFunction } from './constructs/node-function.ts';

/** Counts the orders, wherever they are. */
export const watchOrders = (functions: { producer: NodeFunction; persister: NodeFunction }): Watched => ({
  watch: {
    title: 'Orders',
    graphs: [
      {
        // An order that is sent again, or an event that is delivered again, counts again.
        title: 'Orders, repeats included',
        metrics: [
          functions.producer.counted('OrdersPlaced'),
          functions.persister.counted('OrdersDispatched'),
          functions.producer.counted('OrdersRefused'),
        ],
      },
    ],
    alarms: [],
  },
});
