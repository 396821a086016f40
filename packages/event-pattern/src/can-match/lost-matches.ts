import { type Alternative, combinationsOf, type Field, type Pattern } from '../pattern.ts';
import { pathOf } from '../place.ts';
import type { EventSchema } from './event-schema.ts';
import { describeAsked } from './field-faults.ts';
import { findMatch } from './search-events.ts';

/** Events that a pattern loses by a change of their schema. */
export interface LostMatch {
  /** Says which, to follow the name of the rule. */
  readonly fault: string;
  /** When the example is sent: before the change, and matched, or after it, and not matched. */
  readonly isSent: 'before' | 'after';
  /** An event of the kind; undefined if it is undecided whether there is one. */
  readonly example: unknown;
}

/**
 * Finds what a pattern loses by a change of an event's schema:
 * - it matched the event before, as a whole, by one branch, or by one alternative of a field, and after the change it can't;
 * - a field that it asks for was always there, and after the change it may be missing or null.
 *
 * A loss that stays undecided counts as one.
 *
 * @param before the event before the change
 * @param after the event after the change; undefined if it isn't sent any more
 * @returns the losses; none if the change doesn't touch the pattern, or if the pattern didn't match the event before
 */
export function lostMatches(
  pattern: Pattern,
  before: EventSchema,
  after: EventSchema | undefined,
): LostMatch[] {
  const ways = combinationsOf(pattern)
    .map(({ fields }) => [...fields.values()])
    .filter((fields) => find(before, fields).outcome === 'found');
  const lost = ways.flatMap((fields) => lossOf(fields, 'it', before, after));
  if (lost.length === ways.length) return lost.slice(0, 1);
  const branches = ways.flatMap((fields) => lossOf(fields, describeFields(fields), before, after));
  const kept = ways.filter((fields) => lossOf(fields, '', before, after).length === 0);
  const alternatives = kept.flatMap((fields) =>
    fields.flatMap((field) =>
      alternativesOf(field).flatMap((alone) =>
        lossOf(replaced(fields, field, alone), describeAsked(alone), before, after),
      ),
    ),
  );
  const gaps = kept.flatMap((fields) =>
    fields.flatMap((field) => gapsOf(field).flatMap((gap) => gapOf(field, gap, fields, before, after))),
  );
  // Several ways may lose the same.
  const all = [...branches, ...alternatives, ...gaps];
  return [...new Map(all.map((each) => [each.fault, each])).values()];
}

/** The loss if an event before the change has all of the fields, and none after it has. */
function lossOf(
  fields: readonly Field[],
  what: string,
  before: EventSchema,
  after: EventSchema | undefined,
): LostMatch[] {
  const was = find(before, fields);
  if (was.outcome !== 'found') return [];
  const is = find(after, fields);
  if (is.outcome === 'found') return [];
  const by = what === 'it' ? '' : ` by ${what}`;
  const verdict =
    is.outcome === 'none' ? 'can no longer match' : `may no longer match (undecided at "${is.keyword}")`;
  return [{ fault: `${verdict} ${before.name}${by}`, isSent: 'before', example: was.document }];
}

/** The loss if an event after the change may lack a field that each event before it has. */
function gapOf(
  field: Field,
  gap: Alternative,
  fields: readonly Field[],
  before: EventSchema,
  after: EventSchema | undefined,
): LostMatch[] {
  const without = replaced(fields, field, { ...field, alternatives: [gap] });
  if (find(before, without).outcome !== 'none') return [];
  const is = find(after, without);
  if (is.outcome === 'none') return [];
  const lacks = `${pathOf(field.place)} may be ${gap === absent ? 'missing' : 'null'}`;
  const doubt = is.outcome === 'undecided' ? ` (undecided at "${is.keyword}")` : '';
  return [
    {
      fault: `misses events ${before.name}, because ${lacks} after the change${doubt}`,
      isSent: 'after',
      example: is.outcome === 'found' ? is.document : undefined,
    },
  ];
}

/** The ways in which a field can be empty and not match. */
const gapsOf = ({ alternatives }: Field): Alternative[] => {
  if (alternatives.some(({ test }) => test.kind === 'absent' || test.kind === 'any')) return [];
  return [absent, isNull].filter((gap) => !alternatives.some(({ written }) => written === gap.written));
};
const absent: Alternative = { place: [], written: '{"exists":false}', test: { kind: 'absent' } };
const isNull: Alternative = { place: [], written: 'null', test: { kind: 'value', value: null } };

/** The field with each of its alternatives alone; none if there is only one. */
const alternativesOf = (field: Field): Field[] =>
  field.alternatives.length === 1
    ? []
    : field.alternatives.map((alternative) => ({ ...field, alternatives: [alternative] }));

const replaced = (fields: readonly Field[], old: Field, other: Field) =>
  fields.map((each) => (each === old ? other : each));

const describeFields = (fields: readonly Field[]) => fields.map(describeAsked).join(', and ');

const find = (event: EventSchema | undefined, fields: readonly Field[]) =>
  event ? findMatch(event, fields) : ({ outcome: 'none' } as const);
