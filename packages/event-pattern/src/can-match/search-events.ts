import { findWritten, type Search } from '@orders/schema-compatibility';
import type { JsonObject } from '../json.ts';
import { compilePattern } from '../match.ts';
import type { Field } from '../pattern.ts';
import type { EventSchema } from './event-schema.ts';
import { schemasOf } from './field-schema.ts';

/** Looks for an event that matches all of the fields. */
export type SearchEvent = (event: EventSchema, fields: readonly [Field, ...Field[]]) => Search;

/** Makes a search that remembers its answers for single fields, which are in many combinations. */
export function createSearch(): SearchEvent {
  const known = new Map<EventSchema, Map<Field, Search>>();
  return (event, fields) => {
    const [field, ...others] = fields;
    const find = () => findMatch(event, fields);
    if (others.length > 0) return find();
    const ofEvent = known.get(event) ?? new Map<Field, Search>();
    known.set(event, ofEvent);
    const answer = ofEvent.get(field) ?? find();
    ofEvent.set(field, answer);
    return answer;
  };
}

/** Looks for an event that matches all of the fields, and searches each time. */
export function findMatch({ writer }: EventSchema, fields: readonly Field[]): Search {
  const result = findWritten(writer, schemasOf(fields, writer.shape));
  if (result.outcome !== 'found') return result;
  // If a field may also be missing, its schema doesn't tie it to the element of an array that the other fields match in.
  // So the matcher has the last word.
  const matches = compilePattern({ conditions: fields })(result.document as JsonObject);
  return matches ? result : { outcome: 'undecided', keyword: 'contains', path: '$' };
}

/** Searches events until one is found. Without one, `undecided` counts more than `none`. */
export function searchAny(events: readonly EventSchema[], search: (event: EventSchema) => Search): Search {
  let doubt: Search | undefined;
  for (const event of events) {
    const result = search(event);
    if (result.outcome === 'found') return result;
    if (result.outcome === 'undecided') doubt ??= result;
  }
  return doubt ?? { outcome: 'none' };
}

/** The end of a message about a search without a decision. */
export const describeUndecided = (
  { keyword, path }: Extract<Search, { outcome: 'undecided' }>,
  what: string,
): string =>
  `is refused, because it is undecided at "${keyword}" of ${path} whether it can match: ${what}; ` +
  'docs/decisions/0005-compatibility.md says what can be decided';
