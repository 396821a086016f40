import type { IpNetwork } from './ip-address.ts';
import type { JsonScalar } from './json.ts';
import type { Place } from './place.ts';

/** An event pattern: an event matches it if it meets all of the conditions. */
export interface Pattern {
  /** In the order of the text. */
  readonly conditions: readonly Condition[];
}

export type Condition = Field | Or;

/** A field, with the values that the pattern takes there. One of them is enough. */
export interface Field {
  readonly kind: 'field';
  readonly place: Place;
  /** The names from the event to the field, joined by dots: `detail.location`. EventBridge knows fields by this path. */
  readonly path: string;
  readonly alternatives: readonly Alternative[];
}

/** An `$or`: one of its branches is enough. */
export interface Or {
  readonly kind: 'or';
  readonly place: Place;
  readonly branches: readonly Branch[];
}

export interface Branch extends Pattern {
  readonly place: Place;
}

/** A value, or an operator, in the array of a field. */
export interface Alternative {
  readonly place: Place;
  /** The JSON text of it, without white space. */
  readonly written: string;
  readonly test: FieldTest;
}

/** What a pattern asks of a field: `absent`, or else one scalar that passes. */
export type FieldTest = { readonly kind: 'absent' } | ValueTest;

/** What a pattern asks of a scalar. */
export type ValueTest =
  | { readonly kind: 'any' }
  /** A plain value. IP addresses are compared as addresses, however they are written. */
  | { readonly kind: 'value'; readonly value: JsonScalar }
  | { readonly kind: 'exactly'; readonly value: string | number }
  | { readonly kind: 'equals-ignore-case'; readonly text: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly ignoresCase: boolean }
  /** `literals`: the texts around the wildcards, without escapes. `a*b` has two, and each may be empty. */
  | { readonly kind: 'wildcard'; readonly text: string; readonly literals: readonly string[] }
  | { readonly kind: 'numeric'; readonly lower: Bound; readonly upper: Bound }
  | { readonly kind: 'cidr'; readonly text: string; readonly network: IpNetwork }
  /** Every scalar except those that pass one of these tests. */
  | { readonly kind: 'anything-but'; readonly excluded: readonly ValueTest[] };

/** One end of a range of numbers. */
export interface Bound {
  readonly value: number;
  readonly isIncluded: boolean;
}

/** A pattern without `$or`: one way to choose a branch of each. */
export interface Combination {
  /** By path. A field that is named again replaces the earlier one, as in event-ruler. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly branches: readonly Branch[];
}

/** Lists every way to choose a branch of each `$or`. */
export const combinationsOf = (pattern: Pattern): Combination[] =>
  combine(pattern.conditions, [{ fields: new Map(), branches: [] }]);

function combine(conditions: readonly Condition[], combinations: readonly Combination[]): Combination[] {
  let current = [...combinations];
  for (const condition of conditions) {
    current =
      condition.kind === 'field'
        ? current.map(({ fields, branches }) => ({
            fields: new Map(fields).set(condition.path, condition),
            branches,
          }))
        : condition.branches.flatMap((branch) =>
            combine(
              branch.conditions,
              current.map(({ fields, branches }) => ({ fields, branches: [...branches, branch] })),
            ),
          );
  }
  return current;
}
