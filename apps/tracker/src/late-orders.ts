import type { OrderStep } from './order-step.ts';
import type { KnownOrder } from './status-table.ts';

/** Which orders are promised to be dispatched, and how soon. */
export interface Promised {
  /** What the location of such an order begins with. */
  location: string;
  /** How long it may take from Order Placed to Order Dispatched. */
  withinMinutes: number;
}

/** One order more or fewer among those that aren't dispatched, counted for the time at which it is due. */
export interface Counted {
  value: 1 | -1;
  due: Date;
}

/**
 * What a recorded step changes in the count of orders that aren't dispatched.
 *
 * An order counts for the minute in which it is due, and so does its dispatch. So the sum of a minute that is over is the number
 * of orders that were due then and still aren't dispatched: 0, however many there were. A time in which the order was placed
 * already, and is placed earlier by this step, is taken back.
 *
 * @param before what the table had of the order before the step
 */
export function countLate(
  { step, at, ordered }: OrderStep,
  before: KnownOrder,
  { location, withinMinutes }: Promised,
): Counted[] {
  const counted = (value: Counted['value'], placedAt: string | undefined): Counted[] =>
    placedAt === undefined ? [] : [{ value, due: new Date(Date.parse(placedAt) + withinMinutes * 60_000) }];
  const isPromised = (before.location ?? ordered.location).startsWith(location);
  // The dispatch that came first counted already. Without Order Placed, it had nothing to count, and neither has that now.
  if (!isPromised || before.dispatchedAt !== undefined) return [];
  switch (step) {
    case 'placed':
      return [...counted(-1, before.placedAt), ...counted(1, at)];
    case 'dispatched':
      return counted(-1, before.placedAt);
    default:
      return [];
  }
}
