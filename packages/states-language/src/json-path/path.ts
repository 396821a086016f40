import type { JsonValue } from '../json.ts';

/** Where a path begins: `$` the input, `$$` the context object, `$name` a variable, `@` an item of a filter. */
export type PathRoot =
  | { readonly kind: 'input' | 'context' | 'item' }
  | { readonly kind: 'variable'; readonly name: string };

export type Segment =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'filter'; readonly condition: Condition }
  /** `..`: the next segment applies to the value and to everything in it. */
  | { readonly kind: 'descend' };

/** A JSONPath. A definite one selects one value; any other selects a list, which may be empty. */
export interface Path {
  readonly source: string;
  readonly root: PathRoot;
  readonly segments: readonly Segment[];
  readonly definite: boolean;
}

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Operand = { readonly path: Path } | { readonly value: JsonValue };

/** The condition of a filter, `?(...)`. */
export type Condition =
  | { readonly kind: 'or' | 'and'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly comparator: Comparator;
      readonly right: Operand;
    };
