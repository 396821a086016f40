import { isObject, type JsonValue, own, setOwn } from '../json.ts';
import type { Path } from './path.ts';

/** Whether a path names one place and may be written to: names and indexes only, no negative index. */
export function isReferencePath({ root, segments }: Path): boolean {
  return (
    root.kind === 'input' &&
    segments.every(
      (segment) =>
        (segment.kind === 'names' && segment.names.length === 1) ||
        (segment.kind === 'indexes' && segment.indexes.length === 1 && (segment.indexes[0] ?? -1) >= 0),
    )
  );
}

/**
 * Puts a value at a place of a document. Objects on the way are made; what is there is replaced.
 *
 * @returns the new document, or undefined if the way leads through something that isn't an object or a list long
 * enough
 */
export function putAt(document: JsonValue, path: Path, value: JsonValue): JsonValue | undefined {
  return put(document, 0);

  function put(target: JsonValue | undefined, depth: number): JsonValue | undefined {
    const segment = path.segments[depth];
    if (segment === undefined) return value;
    if (segment.kind === 'indexes') {
      const [index = 0] = segment.indexes;
      if (!Array.isArray(target) || index >= target.length) return undefined;
      const item = put(target[index], depth + 1);
      return item === undefined ? undefined : target.with(index, item);
    }
    const name = segment.kind === 'names' ? (segment.names[0] ?? '') : '';
    const object = target === undefined || target === null ? {} : target;
    if (!isObject(object)) return undefined;
    const inner = put(own(object, name), depth + 1);
    if (inner === undefined) return undefined;
    const copy = { ...object };
    setOwn(copy, name, inner);
    return copy;
  }
}
