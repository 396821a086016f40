import { findDocument } from './document.ts';
import { maxSteps } from './literals.ts';
import { mapInner, normalizeFrom, type Schema } from './normalize.ts';
import { shapeOf } from './shape.ts';

type Root = object | boolean;

/**
 * Finds each `$ref` that leads back to itself in both schemas, and of which the reader accepts whatever the writer's allows.
 *
 * The proof is by the size of a document. The smallest one that the reader refuses would have a smaller one inside, at the
 * place of the inner `$ref`, or else it would break another demand. So a comparison may take such an inner `$ref` for the
 * same in both schemas, and its search for other demands decides. That of the whole schema, `#`, is left to the caller's
 * comparison of the whole.
 *
 * @returns them all, or none if one isn't proven, or if one is where a smaller set of documents isn't safer, as in `not`
 */
export function provenRecursions(writer: Root, reader: Root, isOver: () => boolean): ReadonlySet<string> {
  const [inWriter, inReader] = [recursionsIn(writer), recursionsIn(reader)];
  const same = new Set([...inWriter].filter((ref) => inReader.has(ref)));
  const none = new Set<string>();
  if (same.size === 0) return none;
  const pairs = [...same].map((ref) => [writer, reader].map((root) => normalizeFrom(root, ref, { same })));
  if (pairs.flat().some((schema) => hasNegated(schema, same, false))) return none;
  const isProven = ([written, read]: Schema[]) =>
    findDocument(
      [
        { schema: written as Schema, holds: true },
        { schema: read as Schema, holds: false },
      ],
      { path: '$', shape: shapeOf([written as Schema]), budget: { left: maxSteps, isOver } },
    ).outcome === 'none';
  return pairs.every((pair, index) => [...same][index] === '#' || isProven(pair)) ? same : none;
}

function recursionsIn(root: Root): ReadonlySet<string> {
  const refs = new Set<string>();
  normalizeFrom(root, '#', { found: (ref) => refs.add(ref) });
  return refs;
}

/** Whether a `$ref` is inside a keyword that accepts more where the `$ref` accepts less. */
function hasNegated(schema: Schema, refs: ReadonlySet<string>, isInside: boolean): boolean {
  if (typeof schema !== 'object') return false;
  return Object.entries(schema).some(([keyword, value]) => {
    if (keyword === '$ref') return isInside && refs.has(value as string);
    let isFound = false;
    mapInner(keyword, value, (inner) => {
      isFound ||= hasNegated(inner, refs, isInside || ['not', 'if', 'oneOf'].includes(keyword));
      return inner;
    });
    return isFound;
  });
}
