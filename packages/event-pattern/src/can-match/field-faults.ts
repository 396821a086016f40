import { describeField } from '@orders/schema-compatibility';
import type { Alternative, Field, FieldTest } from '../pattern.ts';
import { pathOf } from '../place.ts';
import type { EventSchema } from './event-schema.ts';
import { fieldNames, isDeclared } from './field-schema.ts';
import { describeUndecided, type SearchEvent, searchAny } from './search-events.ts';

/**
 * Finds the faults of one field: no event declares it, an alternative matches no event, or an `anything-but` excludes
 * what no event has.
 *
 * @param events those that the pattern can name together with the field
 * @param isAlwaysAsked whether the field is in every combination of `$or` branches
 */
export function faultsOfField(
  field: Field,
  events: readonly EventSchema[],
  isAlwaysAsked: boolean,
  search: SearchEvent,
): string[] {
  if (events.length === 0) return [];
  const declaring = events.filter(({ writer }) => isDeclared(writer.shape, field.path));
  if (declaring.length === 0) return [undeclared(field, events)];

  const decides = field.alternatives.length === 1 && isAlwaysAsked;
  return field.alternatives.flatMap((alternative) => {
    const { test, written } = alternative;
    const allowed = grouped(declaring, (event) =>
      test.kind === 'absent' ? 'always has it' : describeField(event.schema, field.path),
    );
    const is = `${placeOf(field, alternative)} is ${written}`;

    const result = searchFor(test, field, events, search);
    if (result.outcome === 'undecided') return [describeUndecided(result, `${is}, and ${allowed}`)];
    if (result.outcome === 'none') {
      return [`${decides ? '' : 'has an alternative that '}can never match: ${is}, but ${allowed}`];
    }
    const excluded = test.kind === 'anything-but' ? test.excluded : [];
    const excludesNothing = excluded.some(
      (each) => searchFor(each, field, events, search).outcome === 'none',
    );
    return excludesNothing ? [`excludes what no event has: ${is}, but ${allowed}`] : [];
  });
}

/** Looks for an event in which the field passes one test. */
function searchFor(test: FieldTest, field: Field, events: readonly EventSchema[], search: SearchEvent) {
  const [first, ...others] = field.alternatives;
  const isWhole = others.length === 0 && first?.test === test;
  const alone = isWhole ? field : { ...field, alternatives: [{ ...(first as Alternative), test }] };
  return searchAny(events, (event) => search(event, [alone]));
}

/** A single alternative is named by its field. */
const placeOf = ({ place, alternatives }: Field, alternative: Alternative) =>
  pathOf(alternatives.length === 1 ? place : alternative.place);

/** Says what a field of the pattern asks for: `detail.location is ["eu-west"]`. */
export const describeAsked = ({ place, alternatives }: Field): string =>
  `${pathOf(place)} is [${alternatives.map(({ written }) => written).join(',')}]`;

function undeclared(field: Field, events: readonly EventSchema[]): string {
  const inEvents = grouped(events, ({ writer: { shape } }) => {
    // Lists the declared names beside the first name that isn't declared.
    const steps = field.path.split('.');
    const depth = steps.findIndex((_, index) => !isDeclared(shape, steps.slice(0, index + 1).join('.')));
    const parent = steps.slice(0, depth).join('.');
    const names = fieldNames(shape, parent);
    const place = parent === '' ? 'at the top' : `in ${parent}`;
    return names.length > 0 ? `has ${names.join(', ')} ${place}` : `has no fields ${place}`;
  });
  const isAbsence = field.alternatives.every(({ test }) => test.kind === 'absent');
  const verdict = isAbsence ? 'requires nothing' : 'can never match';
  return `${verdict}: ${describeAsked(field)}, but no event that the pattern names has it: ${inEvents}`;
}

/** Says something of each event, and each text once: `Order Placed, Order Dispatched: each allows …; Order Processed …`. */
function grouped(events: readonly EventSchema[], say: (event: EventSchema) => string): string {
  const byText = Map.groupBy(events, say);
  return [...byText]
    .map(([text, of]) => `${of.map(({ name }) => name).join(', ')}${of.length > 1 ? ': each' : ''} ${text}`)
    .join('; ');
}
