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
