import type { Search } from '@orders/schema-compatibility';
import type { Branch, Combination, Field } from '../pattern.ts';
import { pathOf } from '../place.ts';
import type { EventSchema } from './event-schema.ts';
import { describeAsked } from './field-faults.ts';
import { describeUndecided, type SearchEvent, searchAny } from './search-events.ts';

/** Tells whether a field is part of the envelope, and not of the detail. */
export const isEnvelope = ({ path }: Field) => path !== 'detail' && !path.startsWith('detail.');

/**
 * Finds the faults of fields that are each possible, but not together: the pattern as a whole matches no event, or one
 * of its branches doesn't.
 *
 * @param named the combinations, with the events whose envelope each can match
 */
export function faultsOfCombinations(
  named: ReadonlyMap<Combination, readonly EventSchema[]>,
  events: readonly EventSchema[],
  search: SearchEvent,
): string[] {
  const combinations = [...named.keys()];
  const results = new Map(
    [...named].map(([each, ofEach]) => [
      each,
      searchAny(ofEach, (event) => searchAll(each, event, search).result),
    ]),
  );
  const why = (each: Combination) =>
    events
      .map((event) => `not ${event.name}, because ${describeFields(searchAll(each, event, search).fields)}`)
      .join('; ');
  const faultIn = (some: readonly Combination[], never: (first: Combination) => string): string[] => {
    const doubtful = some.flatMap((each) => {
      const result = results.get(each);
      return result?.outcome === 'undecided' ? [describeUndecided(result, 'all of its fields at once')] : [];
    });
    return doubtful.length > 0 ? doubtful.slice(0, 1) : some.slice(0, 1).map(never);
  };

  const possible = combinations.filter((each) => results.get(each)?.outcome === 'found');
  if (possible.length === 0) {
    return faultIn(
      combinations,
      (first) => `can never match: no event matches all of its fields: ${why(first)}`,
    );
  }
  const branches = new Set<Branch>(combinations.flatMap((each) => each.branches));
  for (const branch of possible.flatMap((each) => each.branches)) branches.delete(branch);
  return [...branches].flatMap((branch) =>
    faultIn(
      combinations.filter((each) => each.branches.includes(branch)),
      (first) => `has a branch that can never match: ${pathOf(branch.place)} matches no event: ${why(first)}`,
    ),
  );
}

const describeFields = (fields: readonly Field[]) => fields.map(describeAsked).join(', and ');

/**
 * Looks for an event that matches a whole combination. The fields of the envelope are searched one by one, because they
 * don't depend on each other.
 *
 * @returns the answer, and the fields that it is about
 */
function searchAll(
  { fields }: Combination,
  event: EventSchema,
  search: SearchEvent,
): { result: Search; fields: readonly Field[] } {
  const all = [...fields.values()];
  const [first, ...others] = all.filter((field) => !isEnvelope(field));
  const parts: [Field, ...Field[]][] = all.map((field) => [field]);
  if (first && others.length > 0) parts.push([first, ...others]);
  let doubt: { result: Search; fields: readonly Field[] } | undefined;
  for (const part of parts) {
    const result = search(event, part);
    if (result.outcome === 'none') return { result, fields: part };
    if (result.outcome === 'undecided') doubt ??= { result, fields: part };
  }
  return doubt ?? { result: { outcome: 'found', document: undefined }, fields: [] };
}
