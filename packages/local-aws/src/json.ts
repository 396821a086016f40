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
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (Array.isArray(value))
    return value.reduce((length, item) => length + jsonLength(item) + 1, value.length > 0 ? 1 : 2);
  let length = 1;
  for (const [name, field] of Object.entries(value)) length += name.length + jsonLength(field) + 4;
  return Math.max(length, 2);
}
