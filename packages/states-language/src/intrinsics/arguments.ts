import { isObject, type JsonObject, type JsonValue, typeName } from '../json.ts';
import { IntrinsicError } from './intrinsic.ts';

function wrong(position: number, allowed: string, value: JsonValue | undefined): IntrinsicError {
  const received = value === undefined ? 'nothing' : typeName(value);
  return new IntrinsicError(`argument ${position + 1} has to be ${allowed}, received ${received}`);
}

export function arrayAt(values: readonly JsonValue[], position: number): JsonValue[] {
  const value = values[position];
  if (Array.isArray(value)) return value;
  throw wrong(position, 'an array', value);
}

export function textAt(values: readonly JsonValue[], position: number): string {
  const value = values[position];
  if (typeof value === 'string') return value;
  throw wrong(position, 'a string', value);
}

export function objectAt(values: readonly JsonValue[], position: number): JsonObject {
  const value = values[position];
  if (isObject(value)) return value;
  throw wrong(position, 'an object', value);
}

/** Reads a number, rounded as AWS rounds it: halves go up. */
export function integerAt(values: readonly JsonValue[], position: number): number {
  const value = values[position];
  // Adding 0 makes -0 an ordinary zero.
  if (typeof value === 'number') return Math.round(value) + 0;
  throw wrong(position, 'a number', value);
}
