/** The functions that generated validators call, each with the value of a keyword and the data. */
import { isMultipleOf } from './decimals.ts';
import { sameJson } from './same-json.ts';

export const multipleOf = (step: number, value: number): boolean => isMultipleOf(value, step);

export const constant = (allowed: unknown, value: unknown): boolean => sameJson(allowed, value);

export const oneOf = (allowed: readonly unknown[], value: unknown): boolean =>
  allowed.some((each) => sameJson(each, value));

export function unique(isAsked: boolean, items: readonly unknown[]): boolean {
  const isScalar = (item: unknown) => typeof item !== 'object' || item === null;
  const scalars = items.filter(isScalar);
  if (!isAsked) return true;
  if (new Set(scalars).size < scalars.length) return false;
  const others = items.filter((item) => !isScalar(item));
  return !others.some((item, index) => others.slice(0, index).some((other) => sameJson(item, other)));
}
