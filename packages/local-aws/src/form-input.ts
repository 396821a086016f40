import { isObject, type JsonObject, type JsonValue } from './json.ts';
import type { Parameter, Parameters } from './operation.ts';

/**
 * Reads the parameters of an operation from a form, as the AWS query protocol sends them: `Dimensions.member.1.Name=…`. What
 * isn't of its type, or is deeper than any parameter, stays a text, for the operation to refuse it.
 */
export function readForm(form: Iterable<readonly [string, string]>, parameters: Parameters): JsonObject {
  const input = emptyObject();
  for (const [path, value] of form) {
    const parts = path.split('.', maxDepth + 1);
    put(input, parts.length > maxDepth ? [path] : parts, value);
  }
  return typed(input, parameters);
}

/** How many parts the name of a parameter has at most: twice what any operation has. */
const maxDepth = 20;

/** A client names the members: `__proto__` is one like any other here. */
const emptyObject = (): JsonObject => Object.create(null) as JsonObject;

function put(into: JsonObject, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inside = into[name];
  const next = isObject(inside) ? inside : emptyObject();
  into[name] = next;
  put(next, rest, value);
}

const typed = (input: JsonObject, parameters: Parameters): JsonObject =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      return [name, parameter ? toType(value, parameter) : withLists(value)];
    }),
  );

function toType(value: JsonValue, { type, items }: Parameter): JsonValue {
  if (typeof value !== 'string') {
    const read = withLists(value);
    const typedItem = (each: JsonValue) => (items && isObject(each) ? typed(each, items) : each);
    return Array.isArray(read) ? read.map(typedItem) : typedItem(read);
  }
  // A list that is empty comes with no value.
  if ((type === 'list' || type === 'texts') && value === '') return [];
  if (type === 'integer' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'time' && !Number.isNaN(Date.parse(value))) return Date.parse(value) / 1_000;
  return value;
}

/** `{ member: { 1: a, 2: b } }` is a list. */
function withLists(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { member } = value;
  if (isObject(member)) {
    return Object.entries(member)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, each]) => withLists(each));
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withLists(each)]));
}
