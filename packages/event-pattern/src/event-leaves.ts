import type { JsonObject, JsonScalar, JsonValue } from './json.ts';

/** One scalar of an event. */
export interface Leaf {
  readonly value: JsonScalar;
  /** The innermost element of an array around the scalar. A scalar that is an element isn't in itself. */
  readonly element: Element | undefined;
}

/** An object or an array that is an element of an array in the event. */
export interface Element {
  readonly array: number;
  readonly index: number;
  readonly outer: Element | undefined;
}

/** The scalars of an event, by path. */
export type Leaves = ReadonlyMap<string, readonly Leaf[]>;

/** Lists a path and the paths of the objects around it: `a.b.c` is in `a` and `a.b`. */
export function prefixesOf(path: string): string[] {
  const steps = path.split('.');
  return steps.map((_, index) => steps.slice(0, index + 1).join('.'));
}

/**
 * Flattens an event into its scalars, as far as `paths` names them and the objects around them. An empty object or array
 * has none, so to EventBridge the field that holds it doesn't exist.
 */
export function leavesOf(event: JsonObject, paths: ReadonlySet<string>): Leaves {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;
  // A list of what is left to visit, because an event may be nested deeper than the call stack.
  const pending: { value: JsonValue; path: string | undefined; element: Element | undefined }[] = [
    { value: event, path: undefined, element: undefined },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path, element } = next;
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, item] of value.entries()) {
        const isLeaf = typeof item !== 'object' || item === null;
        pending.push({ value: item, path, element: isLeaf ? element : { array, index, outer: element } });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) {
        const child = value[name];
        const childPath = path === undefined ? name : `${path}.${name}`;
        if (child !== undefined && paths.has(childPath)) {
          pending.push({ value: child, path: childPath, element });
        }
      }
    } else if (path !== undefined) {
      const found = leaves.get(path);
      if (found === undefined) leaves.set(path, [{ value, element }]);
      else found.push({ value, element });
    }
  }
  return leaves;
}
