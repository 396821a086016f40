/** A value that JSON text can hold. */
export type JsonValue = JsonScalar | JsonValue[] | JsonObject;
/** A JSON object: an event, or an argument of a resource. */
export type JsonObject = { [name: string]: JsonValue };
/** A JSON value that holds no other. */
export type JsonScalar = string | number | boolean | null;

/** An object whose values are made of those of another. */
export const mapValues = <T, R>(
  values: Readonly<Record<string, T>>,
  map: (value: T) => R,
): Record<string, R> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * How long a value is as JSON text, in characters, each that is escaped counted as one. It doesn't write the text, so that a long
 * string takes no longer than a short one.
 */
export function jsonLength(value: unknown): number {
  let length = 0;
  // Values may be nested more deeply than calls.
  for (const left = [value]; left.length > 0; ) {
    const next = left.pop();
    if (typeof next === 'string') length += next.length + 2;
    else if (typeof next !== 'object' || next === null) length += String(next).length;
    else {
      const names = Array.isArray(next) ? [] : Object.keys(next);
      for (const name of names) length += name.length + 3;
      const values: unknown[] = Array.isArray(next) ? next : Object.values(next);
      length += Math.max(values.length + 1, 2);
      for (const each of values) left.push(each);
    }
  }
  return length;
}
