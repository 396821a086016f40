/** A name as a part of a JSON Pointer (RFC 6901). */
export const toPointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The names that a JSON Pointer leads through. */
export const namesIn = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value that a JSON Pointer leads to; undefined if there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const name of namesIn(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
