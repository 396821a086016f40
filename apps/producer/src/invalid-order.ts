import type { Issue } from '@orders/events';
import { type FieldError, Problem } from '@orders/function';
import { problems } from './operations.ts';

/** The error of the request's field that an issue of the order is about. */
export const fieldError = ({ path, received, allowed }: Issue): FieldError => ({
  field: path.slice(1),
  received,
  allowed,
});

/** The problem of an order whose fields are wrong. */
export function invalidOrder(errors: readonly FieldError[]): Problem {
  const names = errors.map(({ field }) => field).join(', ');
  return new Problem(
    problems.invalid,
    `The order is not placed: ${names} ${errors.length > 1 ? 'are' : 'is'} invalid.`,
    {
      errors,
    },
  );
}
