import { metricsOf, type Watched } from './constructs/monitoring.ts';
import type { Queue } from './constructs/queue.ts';

/** What a function counts by itself. */
const countedBy = (service: string) => metricsOf('Orders', { service });

/** How the orders themselves are watched, wherever they are. */
export const watchOrders = ({ unrouted }: { unrouted: Queue }): Watched => ({
  watch: {
    title: 'Orders',
    graphs: [
      {
        title: 'Orders',
        metrics: [
          countedBy('orders-producer')('OrdersPlaced'),
          countedBy('orders-persister')('OrdersDispatched'),
          countedBy('orders-producer')('OrdersRefused'),
        ],
      },
      { title: 'Orders that no fulfilment takes', metrics: [unrouted.depth] },
    ],
    alarms: [
      {
        name: 'unrouted-orders',
        metric: unrouted.depth,
        meaning: 'Orders whose location no fulfilment takes wait in a queue.',
        runbook: 'unrouted-orders',
      },
    ],
  },
});
