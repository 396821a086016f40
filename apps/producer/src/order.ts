import type { OrderPlaced } from '@orders/events';

/** An order as a client describes it. */
export type Order = Omit<OrderPlaced, 'orderId'>;

/** An order as a request has it, before the contract is checked. */
export type UncheckedOrder = Partial<Record<keyof Order, unknown>>;

/**
 * The fields of an order that a request may have. The type makes the build fail here when the contract gains one: add it, with
 * whether the contract requires it.
 */
export const orderFields: {
  readonly [Field in keyof Order]-?: Partial<Pick<Order, Field>> extends Pick<Order, Field>
    ? 'optional'
    : 'required';
} = { category: 'required', location: 'required', value: 'required' };
