import type { Metric, Watched } from './constructs/monitoring.ts';
import type { Queue } from './constructs/queue.ts';

/** A metric that a function counts by itself. */
const counted = (name: string, service: string): Metric => ({
  namespace: 'Orders',
  name,
  dimensions: { service },
  statistic: 'Sum',
});

/** How the orders themselves are watched, wherever they are. */
export const watchOrders = ({ unrouted }: { unrouted: Queue }): Watched => ({
  watch: {
    title: 'Orders',
    graphs: [
      {
        title: 'Orders',
        metrics: [
          counted('OrdersPlaced', 'orders-producer'),
          counted('OrdersDispatched', 'orders-persister'),
          counted('OrdersRefused', 'orders-producer'),
        ],
      },
      { title: 'Orders that no fulfilment takes', metrics: [unrouted.depth] },
    ],
    alarms: [
      {
        name: 'unrouted-orders',
        metric: unrouted.depth,
        above: 0,
        meaning: 'Orders whose location no fulfilment takes wait in a queue.',
        runbook: 'unrouted-orders',
      },
    ],
  },
});
