/** A validator as Ajv generates it: a predicate that leaves its findings in `errors`. */
export interface Validator {
  (data: unknown, place?: { instancePath: string }): boolean;
  errors?: readonly Finding[] | null;
}

interface Finding {
  instancePath: string;
  /** `tag`: the field that names the variant of a union, and names none. */
  params: { missingProperty?: string; additionalProperty?: string; tag?: string };
}

/** The generated part of each event. */
export interface Contract<DetailType extends string = string> {
  detailType: DetailType;
  isDetail: Validator;
  /** By JSON Pointer into the detail, with `*` for any item or field, and `~` for the variants of a union: the words for what is allowed there. */
  allowed: Readonly<Record<string, string>>;
}
