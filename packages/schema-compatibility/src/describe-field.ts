import { anyValue, type Case, casesOf, everyChoice } from './cases.ts';
import { describeCases, withExample } from './describe-schema.ts';
import type { Keywords, Schema } from './normalize.ts';

/**
 * Says in words what a schema allows at a path, for a message on a pattern that asks for something else. An array counts
 * as its items, as a pattern sees it.
 *
 * @param path the names from the top to the field, joined by dots
 * @returns `allows a string of at most 32 characters, such as "eu-west"`
 */
export function describeField(schema: Schema, path: string): string {
  const found = scalarsIn(casesAt(casesOf(schema), path.split('.')));
  if (found.length === 0) return 'has an object there, and a pattern names its fields';
  const texts = found.map((parts) => withExample(describeCases([parts]), parts));
  return `allows ${[...new Set(texts)].join(' or ')}`;
}

/** The cases at a path. An array counts as its items, and several steps can be one name with dots. */
function casesAt(cases: readonly Case[], steps: readonly string[]): Case[] {
  if (steps.length === 0) return [...cases];
  return [...cases, ...cases.flatMap(itemsOf)].flatMap((parts) =>
    steps.flatMap((_, index) => {
      const name = steps.slice(0, index + 1).join('.');
      return casesAt(fieldOf(parts, name), steps.slice(index + 1));
    }),
  );
}

/** The cases of a field that the parts declare; none if they don't declare it. */
function fieldOf(parts: Case, name: string): Case[] {
  const declared = parts.flatMap(({ properties }) =>
    Object.hasOwn((properties ?? {}) as object, name)
      ? [(properties as Record<string, Schema>)[name] as Schema]
      : [],
  );
  return declared.length === 0 ? [] : everyChoice(declared.map(casesOf));
}

const itemsOf = (parts: Case): Case[] =>
  parts.flatMap(({ items }) => (items === undefined ? [] : ([items].flat() as Schema[]).flatMap(casesOf)));

/** The cases that aren't objects, with an array replaced by its items. */
function scalarsIn(cases: readonly Case[]): Case[] {
  const isOnly = (parts: Case, type: string) => parts.some((part: Keywords) => part.type === type);
  return cases.flatMap((parts) => {
    if (isOnly(parts, 'object')) return [];
    const items = itemsOf(parts);
    return isOnly(parts, 'array') ? scalarsIn(items.length > 0 ? items : [[anyValue]]) : [parts];
  });
}
