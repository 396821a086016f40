import { accepts } from './judge.ts';
import { lengthBounds } from './limits.ts';
import type { Atom, Literal } from './literals.ts';
import type { Schema } from './normalize.ts';
import { firstThatMeets, none, type Search, type Task, undecided } from './search.ts';
import { shapeOfItems } from './shape.ts';
import { findTuple, isTuple } from './tuple.ts';

const maxFillers = 200;

/** An array that meets all atoms: an item for each demand on some item, and fillers up to the least length. */
export function findArray(atoms: Atom[], task: Task): Search {
  if (isTuple(atoms)) return findTuple(atoms, task);
  const { place, meets, doubtful, find } = task;
  const [min, max] = lengthBounds(atoms, 'minItems', 'maxItems');
  if (min > max) return none;
  const of = (keyword: string, holds: boolean) =>
    atoms.filter((atom) => atom.keyword === keyword && atom.holds === holds);
  const itemPlace = { ...place, path: `${place.path}[*]`, shape: shapeOfItems(place.shape) };

  const literals = (keyword: string, present: boolean, holds: boolean): Literal[] =>
    of(keyword, present).map(({ value }) => ({ schema: value as Schema, holds }));
  const every = [...literals('items', true, true), ...literals('contains', false, false)];
  const some = [...literals('items', false, false), ...literals('contains', true, true)];
  const unique = of('uniqueItems', true).some(({ value }) => value === true);
  const repeats = of('uniqueItems', false).some(({ value }) => value === true);
  if (of('uniqueItems', false).some(({ value }) => value !== true)) return none;
  if ((unique && repeats) || (repeats && max < 2)) return none;

  const items: unknown[] = [];
  for (const literal of some) {
    // An earlier item may meet the demand. Otherwise the new one differs from all of them.
    if (items.some((item) => accepts(literal.schema, item) === literal.holds)) continue;
    const search = find([...every, literal], itemPlace);
    if (search.outcome !== 'found') return search;
    items.push(search.document);
  }
  // One item could meet several demands at once, which the search doesn't try.
  if (some.length > 1 && items.length > max) return undecided('items', place);
  if (items.length > max) return none;

  const needed = Math.max(min, repeats ? 2 : 0);
  if (needed > maxFillers) return undecided('minItems', place);
  while (items.length < needed) {
    if (!unique && items.length > 0) {
      items.push(items[0]);
      continue;
    }
    const others: Literal[] =
      unique && items.length > 0 ? [{ schema: { enum: [...items] }, holds: false }] : [];
    const search = find([...every, ...others], itemPlace);
    if (search.outcome !== 'found') return search;
    items.push(search.document);
  }
  const more = find(every, itemPlace);
  const longer = more.outcome === 'found' && items.length < max ? [[...items, more.document]] : [];
  return firstThatMeets([items, ...longer], meets, false, doubtful ?? 'items', place);
}
