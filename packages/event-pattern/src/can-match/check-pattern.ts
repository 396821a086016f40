import { type Combination, combinationsOf, type Field, type Pattern } from '../pattern.ts';
import { faultsOfCombinations, isEnvelope } from './combination-faults.ts';
import type { EventSchema } from './event-schema.ts';
import { faultsOfField } from './field-faults.ts';
import { createSearch, type SearchEvent } from './search-events.ts';

/**
 * Proves that a pattern can match, by the schemas of the events that it names: those whose envelope it can match.
 *
 * One of these events has to declare each field. Each alternative of a field has to match an event, and so has the
 * pattern as a whole, by each branch of each `$or`: the check looks for such an event, and either finds one, or proves
 * that there is none. What stays undecided counts as a fault; docs/decisions/0005-compatibility.md says what can be
 * decided. An event has to have what an `anything-but` excludes.
 *
 * @param events every event that can be on the bus
 * @returns the faults, each to follow the name of the rule; none if the pattern can match
 *
 * @example
 * const event = eventSchemaOf('Order Placed', schema);
 * checkPattern(parsePattern('{"detail": {"location": [{"prefix": "US-"}]}}'), [event]);
 * // ['can never match: detail.location is {"prefix":"US-"}, but Order Placed allows a string of at most 32 characters,
 * //   matching ^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$, such as "eu-west"']
 */
export function checkPattern(pattern: Pattern, events: readonly EventSchema[]): string[] {
  const search = createSearch();
  const combinations = combinationsOf(pattern);
  const named = new Map(combinations.map((each) => [each, eventsNamedBy(each, events, search)]));

  const candidates = new Map<Field, Set<EventSchema>>();
  for (const [{ fields }, ofCombination] of named) {
    for (const field of fields.values()) {
      const all = isEnvelope(field) ? events : ofCombination;
      candidates.set(field, new Set([...(candidates.get(field) ?? []), ...all]));
    }
  }
  const faults = [...candidates].flatMap(([field, ofField]) => {
    const isAlwaysAsked = combinations.every(({ fields }) => fields.get(field.path) === field);
    return faultsOfField(field, [...ofField], isAlwaysAsked, search);
  });
  return [...new Set(faults.length > 0 ? faults : faultsOfCombinations(named, events, search))];
}

/** Finds the events whose envelope a combination can match. */
const eventsNamedBy = ({ fields }: Combination, events: readonly EventSchema[], search: SearchEvent) =>
  events.filter((event) =>
    [...fields.values()].filter(isEnvelope).every((field) => search(event, [field]).outcome === 'found'),
  );
