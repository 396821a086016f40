import type { OrderPlaced } from '@orders/events';

/** An order as a client describes it. */
export type Order = Omit<OrderPlaced, 'orderId'>;

/** An order as a request has it, before the contract is checked. */
export type UncheckedOrder = Partial<Record<keyof Order, unknown>>;
