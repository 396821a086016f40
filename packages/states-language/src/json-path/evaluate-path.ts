import { isObject, type JsonValue, own } from '../json.ts';
import { meets } from './evaluate-condition.ts';
import type { Path, Segment } from './path.ts';

/** A path without a result. The message is the one of AWS. */
export class MissingPathError extends Error {
  override readonly name = 'MissingPathError';
}

/** Finds the value at which a path begins. */
export type Roots = (root: Path['root']) => JsonValue;

/**
 * What a path selects: the value of a definite path, the list of any other.
 *
 * @throws {MissingPathError} for a definite path that leads nowhere
 */
export function evaluatePath(path: Path, roots: Roots): JsonValue {
  const read = (inner: Path, item: JsonValue): JsonValue | undefined => {
    try {
      return evaluatePath(inner, (root) => (root.kind === 'item' ? item : roots(root)));
    } catch (error) {
      if (error instanceof MissingPathError) return undefined;
      throw error;
    }
  };
  const start = roots(path.root);
  if (path.definite) return selectOne(path, start);
  let values = [start];
  for (const segment of path.segments) {
    values =
      segment.kind === 'descend'
        ? values.flatMap(withEverythingIn)
        : values.flatMap((value) => select(segment, value, read));
  }
  return values;
}

function selectOne(path: Path, start: JsonValue): JsonValue {
  let value = start;
  path.segments.forEach((segment, index) => {
    const next = select(segment, value)[0];
    if (next === undefined) throw missing(path, index, value);
    value = next;
  });
  return value;
}

function missing(path: Path, index: number, value: JsonValue): MissingPathError {
  const place = path.segments
    .slice(0, index + 1)
    .map(inBrackets)
    .join('');
  const segment = path.segments[index];
  if (segment?.kind === 'indexes') {
    return new MissingPathError(
      Array.isArray(value)
        ? `Index out of bounds when evaluating path $${place}`
        : `Filter: ${inBrackets(segment)} can only be applied to arrays. Current context is: ${JSON.stringify(value)}`,
    );
  }
  const isLast = index === path.segments.length - 1;
  return new MissingPathError(`${isLast ? 'No results for path:' : 'Missing property in path'} $${place}`);
}

function inBrackets(segment: Segment): string {
  if (segment.kind === 'names') return segment.names.map((name) => `['${name}']`).join('');
  return segment.kind === 'indexes' ? `[${segment.indexes.join(',')}]` : '';
}

function select(
  segment: Segment,
  value: JsonValue,
  read?: (path: Path, item: JsonValue) => JsonValue | undefined,
): JsonValue[] {
  switch (segment.kind) {
    case 'names':
      return isObject(value) ? segment.names.flatMap((name) => present(own(value, name))) : [];
    case 'indexes':
      return Array.isArray(value) ? segment.indexes.flatMap((index) => present(value.at(index))) : [];
    case 'slice':
      return Array.isArray(value) ? value.slice(segment.from, segment.to) : [];
    case 'wildcard':
      return children(value);
    case 'filter': {
      // As the guide has it, `@` matches objects only.
      const items = (Array.isArray(value) ? value : [value]).filter(isObject);
      return items.filter((item) => meets(segment.condition, (path) => read?.(path, item)));
    }
    default:
      return [];
  }
}

const present = (value: JsonValue | undefined): JsonValue[] => (value === undefined ? [] : [value]);

const children = (value: JsonValue): JsonValue[] =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];

function withEverythingIn(value: JsonValue): JsonValue[] {
  return [value, ...children(value).flatMap(withEverythingIn)];
}
