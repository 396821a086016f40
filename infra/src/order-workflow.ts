import { detailTypes, type OrderPlaced, type OrderProcessed, source } from '@orders/events';
import type { Construct } from 'constructs';
import type { EventBus } from './constructs/event-bus.ts';
import { StateMachine } from './constructs/state-machine.ts';

/** The path of the order as it was placed: as long as that has all that Order Processed asks of its details. */
type Placed = OrderPlaced extends OrderProcessed['OrderDetails'] ? '$.detail' : never;

/** The event's fields, each a path into the workflow's input. A field that the contract asks for can't be missing. */
const detail: {
  [Field in keyof Required<OrderProcessed> as `${Field}.$`]: Field extends 'OrderDetails' ? Placed : string;
} = {
  'OrderId.$': '$.detail.orderId',
  'OrderDetails.$': '$.detail',
};

/**
 * The EU's fulfilment: takes an Order Placed event, does what there is to do for it, and publishes Order
 * Processed with the same order id.
 */
export function orderWorkflow(scope: Construct, id: string, { bus }: { bus: EventBus }): StateMachine {
  return new StateMachine(scope, id, {
    name: 'EUOrderFulfilment',
    startAt: 'ProcessOrder',
    states: (resource) => ({
      // Where a fulfilment centre's own steps go; until then the order passes as it came.
      ProcessOrder: { Type: 'Pass', Next: 'PublishOrderProcessed' },
      PublishOrderProcessed: {
        Type: 'Task',
        Resource: resource('events:putEvents'),
        Parameters: {
          Entries: [
            {
              EventBusName: bus.name,
              Source: source,
              DetailType: detailTypes.orderProcessed,
              Detail: detail,
            },
          ],
        },
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 }],
        End: true,
      },
    }),
    allow: [bus.allowPutEvents()],
  });
}
