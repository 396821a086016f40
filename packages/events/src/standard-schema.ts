/**
 * What every parser has under `~standard`, so that libraries which take a Standard Schema take it.
 *
 * A copy of the interface of https://standardschema.dev (version 1, MIT), as far as the parsers have it. The specification
 * recommends a copy: a dependency on its package would be one that every consumer has to install for the types.
 */
export interface StandardSchemaV1<Input, Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output>;
    /** For types only; never set. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The parsed value, or every issue. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  /** The names of the fields from the parsed value to the wrong one; the index of an item is text too. */
  readonly path: readonly string[];
}
