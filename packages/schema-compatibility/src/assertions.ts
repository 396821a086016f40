import type { Assertion, Concatenation, Element, NoParent } from 'refa';

/** Splits groups that contain a `^`, `$`, `\b` or lookaround: `(^a|b)c` becomes `^ac` and `bc`. */
export function distributeAssertions(alternatives: NoParent<Concatenation>[]): NoParent<Element>[][] {
  return alternatives.flatMap((alternative) => {
    let results: NoParent<Element>[][] = [[]];
    for (const element of alternative.elements) {
      const choices =
        element.type === 'Alternation' && hasAssertion(element)
          ? distributeAssertions(element.alternatives)
          : [[element]];
      results = results.flatMap((result) => choices.map((choice) => [...result, ...choice]));
      if (results.length > 500) throw new Error('too many alternatives with assertions');
    }
    return results;
  });
}

function hasAssertion(element: NoParent<Element>): boolean {
  if (element.type === 'Assertion') return true;
  if (!('alternatives' in element)) return false;
  return element.alternatives.some((alternative) => alternative.elements.some(hasAssertion));
}

/** Applies `^` and `$`: elements before the start or after the end must match the empty string. */
export function applyEdges(elements: NoParent<Element>[]): NoParent<Element>[] | undefined {
  const start = elements.findLastIndex((element) => isEdge(element, 'behind'));
  const end = elements.findIndex((element) => isEdge(element, 'ahead'));
  const before = start < 0 ? [] : elements.slice(0, start);
  const after = end < 0 ? [] : elements.slice(end + 1);
  const outside = [...before, ...after].filter(
    (element) => !isEdge(element, 'behind') && !isEdge(element, 'ahead'),
  );
  if (outside.some(hasAssertion)) throw new Error('an assertion beyond the edge of the string');
  if (!outside.every(mayBeEmpty)) return undefined;
  if (start < 0 || end < 0 || start < end) {
    return elements.slice(Math.max(start, 0), end < 0 ? undefined : end + 1);
  }
  // `$^`: both edges are in one place, so the string is empty.
  return [];
}

const isEdge = (element: NoParent<Element>, kind: Assertion['kind']): boolean =>
  element.type === 'Assertion' &&
  element.kind === kind &&
  element.negate &&
  element.alternatives.length === 1 &&
  element.alternatives[0]?.elements.length === 1 &&
  element.alternatives[0].elements[0]?.type === 'CharacterClass' &&
  element.alternatives[0].elements[0].characters.isAll;

/** Settles the assertions that remain at an edge: beyond the start and the end of the string there is nothing to match. */
export function settleEdges(
  { elements }: NoParent<Concatenation>,
  edges: Assertion['kind'][] = ['behind', 'ahead'],
): NoParent<Concatenation> | undefined {
  let rest = elements;
  for (const kind of edges) {
    const at = kind === 'behind' ? 0 : -1;
    for (let edge = rest.at(at); edge?.type === 'Assertion' && edge.kind === kind; edge = rest.at(at)) {
      if (edge.alternatives.some((one) => one.elements.every(mayBeEmpty)))
        throw new Error('an empty lookaround');
      if (!edge.negate) return undefined;
      rest = at === 0 ? rest.slice(1) : rest.slice(0, -1);
    }
    const edge = rest.at(at);
    if (edge?.type === 'Alternation') {
      const settled = {
        ...edge,
        alternatives: edge.alternatives.flatMap((one) => settleEdges(one, [kind]) ?? []),
      };
      rest = at === 0 ? [settled, ...rest.slice(1)] : [...rest.slice(0, -1), settled];
    }
  }
  return { type: 'Concatenation', elements: rest };
}

function mayBeEmpty(element: NoParent<Element>): boolean {
  if (element.type === 'Assertion') return true;
  if (element.type === 'Quantifier' && element.min === 0) return true;
  if (!('alternatives' in element)) return false;
  return element.alternatives.some((one) => one.elements.every(mayBeEmpty));
}
