import type { Keywords, Schema } from './normalize.ts';

/** The schemas that hold for a value at the same time: one schema, and those of its `allOf`. */
export type Case = readonly Keywords[];

export const anyValue: Keywords = {};

/** A schema with more cases than this counts as any value. */
const maxCases = 100;

/** The cases of a schema: one for each choice among the branches of its `anyOf` and `oneOf`. */
export function casesOf(schema: Schema): Case[] {
  if (typeof schema === 'boolean') return schema ? [[anyValue]] : [];
  const { allOf = [], anyOf, oneOf } = schema as Record<string, Schema[] | undefined>;
  const branches = [anyOf, oneOf].flatMap((each) => (each ? [each.flatMap(casesOf)] : []));
  return everyChoice([[[schema]], ...allOf.map(casesOf), ...branches]);
}

/** Every way to choose one case of each list. */
export function everyChoice(lists: readonly Case[][]): Case[] {
  let combined: Case[] = [[]];
  for (const cases of lists) {
    combined = combined.flatMap((parts) => cases.map((others) => [...parts, ...others]));
    if (combined.length > maxCases) return [[anyValue]];
  }
  return combined;
}
