import { detailTypes, type OrderPlaced, type OrderProcessed, source } from '@orders/events';
import type { Construct } from 'constructs';
import type { EventBus } from './constructs/event-bus.ts';
import { StateMachine } from './constructs/state-machine.ts';

/** The path of the order in the workflow's input. It compiles as long as Order Placed has every field of `OrderDetails`. */
type Placed = OrderPlaced extends OrderProcessed['OrderDetails'] ? '$.detail' : never;

/** The fields of the event, each a path into the input. It doesn't compile without a field of the contract. */
const detail: {
  [Field in keyof Required<OrderProcessed> as `${Field}.$`]: Field extends 'OrderDetails' ? Placed : string;
} = {
  'OrderId.$': '$.detail.orderId',
  'OrderDetails.$': '$.detail',
};

/**
 * The fulfilment of the EU: takes an Order Placed event, processes the order, and publishes Order Processed with the same
 * order id.
 */
export function orderWorkflow(
  scope: Construct,
  id: string,
  { name, bus }: { name: string; bus: EventBus },
): StateMachine {
  return new StateMachine(scope, id, {
    name,
    startAt: 'ProcessOrder',
    states: (resource) => ({
      // The steps of a fulfilment centre go here. Until then the order passes unchanged.
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
  });
}
