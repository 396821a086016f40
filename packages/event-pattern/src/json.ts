/** A value that JSON text can hold. */
export type JsonValue = JsonScalar | JsonValue[] | JsonObject;
/** A JSON object, such as an event. */
export type JsonObject = { [name: string]: JsonValue };
/** A JSON value that holds no other value. */
export type JsonScalar = string | number | boolean | null;
