import type { AnswerType, Operation } from '@orders/function';

export { type Ordered, steps } from './order-step.ts';
export type { TrackedOrder } from './status-table.ts';

export const found = {
  status: 200,
  when: 'The order, as its events report it.',
  schema: 'TrackedOrder',
} satisfies Operation['success'];

export const problems = {
  notKnown: {
    status: 404,
    when: 'No order of this id is known. An order that was just placed is known some seconds later.',
  },
  notRead: { status: 503, when: "The order's status can't be read now.", headers: ['Retry-After'] },
} satisfies Record<string, AnswerType>;

/** What the function `answer` takes, by method and path. */
export const operations = {
  'GET /orders/{orderId}': {
    id: 'followOrder',
    summary: 'Answers where an order is.',
    success: found,
    problems: [problems.notKnown, problems.notRead],
  },
} satisfies Record<string, Operation>;
