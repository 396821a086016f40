import type { Keywords, Schema } from '@orders/schema-compatibility';
import type { EventSchema } from './event-schema.ts';

/** What holds for one value all at once: a schema, with those of its `allOf`. */
type Case = readonly Keywords[];

/**
 * Says for an error message what an event allows at a path: `allows a string of at most 32 characters, such as
 * "eu-west"`. It leaves out what doesn't fit into a few words, such as `not`, `if` and references.
 *
 * @param path the names from the event to the field, joined by dots
 */
export function describeField({ schema }: EventSchema, path: string): string {
  const found = scalarsIn(casesAt(casesOf(schema as Keywords), path.split('.')));
  if (found.length === 0) return 'has an object there, and a pattern names its fields';
  return `allows ${[...new Set(found.map(describe))].join(' or ')}`;
}

/** More cases than this are told as any value. */
const maxCases = 100;
const anyValue: Keywords = {};

/** The cases of a schema: one for each choice among the branches of its `anyOf` and `oneOf`. */
function casesOf(schema: Schema): Case[] {
  if (typeof schema === 'boolean') return schema ? [[anyValue]] : [];
  const { allOf = [], anyOf, oneOf } = schema as Record<string, Schema[] | undefined>;
  const branches = [anyOf, oneOf].flatMap((each) => (each ? [each.flatMap(casesOf)] : []));
  return every([[[schema]], ...allOf.map(casesOf), ...branches]);
}

/** Every way to choose a case of each. */
function every(choices: readonly Case[][]): Case[] {
  let combined: Case[] = [[]];
  for (const cases of choices) {
    combined = combined.flatMap((parts) => cases.map((others) => [...parts, ...others]));
    if (combined.length > maxCases) return [[anyValue]];
  }
  return combined;
}

/** What stands at a path: an array stands for its elements, and several names can be one with dots. */
function casesAt(cases: readonly Case[], steps: readonly string[]): Case[] {
  if (steps.length === 0) return [...cases];
  return [...cases, ...cases.flatMap(itemsOf)].flatMap((parts) =>
    steps.flatMap((_, index) => {
      const name = steps.slice(0, index + 1).join('.');
      return casesAt(fieldOf(parts, name), steps.slice(index + 1));
    }),
  );
}

/** What all parts say about a field together; nothing if none of them declares it. */
function fieldOf(parts: Case, name: string): Case[] {
  const declared = parts.flatMap(({ properties }) =>
    Object.hasOwn((properties ?? {}) as object, name)
      ? [(properties as Record<string, Schema>)[name] as Schema]
      : [],
  );
  return declared.length === 0 ? [] : every(declared.map(casesOf));
}

const itemsOf = (parts: Case): Case[] =>
  parts.flatMap(({ items }) => (items === undefined ? [] : ([items].flat() as Schema[]).flatMap(casesOf)));

/** The cases that are no object, with the elements of an array in place of it. */
function scalarsIn(cases: readonly Case[]): Case[] {
  const isOnly = (parts: Case, type: string) => parts.some((part) => part.type === type);
  return cases.flatMap((parts) => {
    if (isOnly(parts, 'object')) return [];
    const items = itemsOf(parts);
    return isOnly(parts, 'array') ? scalarsIn(items.length > 0 ? items : [[anyValue]]) : [parts];
  });
}

function describe(parts: Case): string {
  const named = parts.flatMap((part): (readonly unknown[])[] => {
    if ('const' in part) return [[part.const]];
    return Array.isArray(part.enum) ? [part.enum] : [];
  });
  const [values, ...others] = named;
  if (values) {
    const allowed = values.filter((value) => others.every((list) => list.includes(value)));
    return allowed.map((value) => JSON.stringify(value)).join(' or ') || 'nothing';
  }
  const kinds: Record<string, string> = { string: 'a string', number: 'a number', integer: 'a whole number' };
  const type = [parts.find((part) => part.type !== undefined)?.type]
    .flat()
    .map((each) => kinds[`${each}`] ?? `${each ?? 'any value'}`)
    .join(' or ');
  const limits = parts.flatMap((part) =>
    Object.entries(limitWords).flatMap(([keyword, say]) =>
      part[keyword] === undefined ? [] : [say(part[keyword])],
    ),
  );
  const [example] = parts.flatMap(({ examples }) => (Array.isArray(examples) ? examples : []));
  return [
    [type, [...new Set(limits)].join(', ')].filter(Boolean).join(' '),
    ...(example === undefined ? [] : [`such as ${JSON.stringify(example)}`]),
  ].join(', ');
}

const limitWords: Record<string, (limit: unknown) => string> = {
  minLength: (limit) => `of at least ${limit} characters`,
  maxLength: (limit) => `of at most ${limit} characters`,
  pattern: (pattern) => `matching ${pattern}`,
  minimum: (limit) => `at least ${limit}`,
  exclusiveMinimum: (limit) => `above ${limit}`,
  maximum: (limit) => `at most ${limit}`,
  exclusiveMaximum: (limit) => `below ${limit}`,
  multipleOf: (step) => `a multiple of ${step}`,
};
