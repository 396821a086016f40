import { isObject, type JsonValue } from '../../json.ts';

/** What a result may be. A field that isn't among `fields` may be anything, as AWS has it. */
export type Shape =
  | 'string'
  | 'number'
  | 'object'
  | { list: Shape }
  | { fields: Readonly<Record<string, Shape>> };

/**
 * Looks for a field that isn't what its shape says.
 *
 * @returns what is wrong, in AWS's words; undefined for a result that fits
 */
export function misfitIn(value: JsonValue, shape: Shape, field: string): string | undefined {
  if (shape === 'string' || shape === 'number') {
    return typeof value === shape ? undefined : `Field '${field}' must be a ${shape}`;
  }
  if (shape !== 'object' && 'list' in shape) {
    if (!Array.isArray(value)) return `Field '${field}' must be an array`;
    return firstOf(value, (item) => misfitIn(item, shape.list, field));
  }
  if (!isObject(value)) return `Field '${field}' must be an object`;
  if (shape === 'object') return undefined;
  return firstOf(Object.entries(shape.fields), ([name, inner]) => {
    const present = Object.hasOwn(value, name) ? value[name] : undefined;
    return present === undefined ? undefined : misfitIn(present, inner, name);
  });
}

function firstOf<T>(items: readonly T[], look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
