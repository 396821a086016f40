import { lengthBounds } from './limits.ts';
import type { Atom, Literal } from './literals.ts';
import type { Schema } from './normalize.ts';
import { firstThatMeets, none, type Search, type Task, undecided } from './search.ts';
import { shapeOfItems } from './shape.ts';

/** A list that is longer than this, or whose demands have more than this many ways to be at positions, is undecided. */
const maxLength = 200;
const maxWays = 500;

/** A demand that one item, at one of these positions, has to meet. */
interface Demand {
  readonly literal: Literal;
  readonly positions: readonly number[];
}

/** Whether a list has schemas for its first items, one by one. */
export const isTuple = (atoms: readonly Atom[]): boolean =>
  atoms.some(({ keyword, value }) => keyword === 'items' && Array.isArray(value)) ||
  atoms.some(({ keyword }) => keyword === 'additionalItems');

/** An array of {@link isTuple} that meets all atoms. It tries each demand on some item at each position. */
export function findTuple(atoms: Atom[], { place, meets, doubtful, find }: Task): Search {
  const [min, max] = lengthBounds(atoms, 'minItems', 'maxItems');
  // A negated additionalItems beside one schema for all items can't fail.
  if (min > max || atoms.some((atom) => atom.keyword === 'additionalItems' && !atom.holds && !listOf(atom)))
    return none;
  const shape = shapeOfItems(place.shape);
  const count = atoms.filter(({ holds, keyword }) => !holds || keyword === 'contains').length;
  const prefix = Math.max(0, ...atoms.map((atom) => listOf(atom)?.length ?? 0));
  const demands = atoms.flatMap((atom) => demandsOf(atom, prefix + count));
  if (Math.max(min, prefix + count) > maxLength) return undecided('minItems', place);

  let [doubt, ways] = [undefined as Search | undefined, 0];
  for (const positions of choicesOf(demands)) {
    if (++ways > maxWays) return undecided('items', place);
    const length = Math.max(min, ...positions.map((position) => position + 1));
    if (length > max) continue;
    const search = fill(positions, length);
    if (search.outcome === 'found') return search;
    if (search.outcome === 'undecided') doubt ??= search;
  }
  return doubt ?? none;

  function fill(positions: readonly number[], length: number): Search {
    const items: unknown[] = [];
    for (let position = 0; position < length; position++) {
      const chosen = demands.flatMap(({ literal }, index) =>
        positions[index] === position ? [literal] : [],
      );
      const everywhere = atoms.flatMap((atom) => literalsAt(atom, position));
      const search = find([...everywhere, ...chosen], {
        ...place,
        path: `${place.path}[${position}]`,
        shape,
      });
      if (search.outcome !== 'found') return search;
      items.push(search.document);
    }
    // Ajv judges uniqueItems, which the search for single items doesn't know.
    return firstThatMeets([items], meets, false, doubtful ?? 'items', place);
  }
}

/** The list of schemas that the keyword is about; undefined for one schema for all items. */
function listOf({ keyword, value, schema }: Atom): readonly Schema[] | undefined {
  const list = keyword === 'items' ? value : keyword === 'additionalItems' ? schema.items : undefined;
  return Array.isArray(list) ? (list as Schema[]) : undefined;
}

/** What an atom demands of the item at a position, whatever the others are. */
function literalsAt(atom: Atom, position: number): Literal[] {
  const { keyword, value, holds } = atom;
  if (keyword === 'contains') return holds ? [] : [{ schema: value as Schema, holds: false }];
  if (!holds || (keyword !== 'items' && keyword !== 'additionalItems')) return [];
  const list = listOf(atom);
  if (keyword === 'additionalItems')
    return list && position >= list.length ? [{ schema: value as Schema, holds }] : [];
  const schema = list ? list[position] : (value as Schema);
  return schema === undefined ? [] : [{ schema, holds }];
}

/** What an atom demands of some item. Of a negated list of schemas, the atom names the one that fails. */
function demandsOf(atom: Atom, length: number): Demand[] {
  const { keyword, value, holds } = atom;
  const from = (first: number) =>
    Array.from({ length: Math.max(0, length - first + 1) }, (_, at) => first + at);
  const list = listOf(atom);
  if (keyword === 'contains')
    return holds ? [{ literal: { schema: value as Schema, holds }, positions: from(0) }] : [];
  if (holds || (keyword !== 'items' && keyword !== 'additionalItems')) return [];
  if (keyword === 'additionalItems')
    return [{ literal: { schema: value as Schema, holds }, positions: from(list?.length ?? 0) }];
  if (!list) return [{ literal: { schema: value as Schema, holds }, positions: from(0) }];
  const position = Number(atom.name);
  return [{ literal: { schema: list[position] as Schema, holds }, positions: [position] }];
}

/** Every choice of a position for each demand. */
function* choicesOf(demands: readonly Demand[]): Generator<number[]> {
  const [first, ...rest] = demands;
  if (!first) {
    yield [];
    return;
  }
  for (const position of first.positions) for (const others of choicesOf(rest)) yield [position, ...others];
}
