import type { Keywords, Schema } from '@orders/schema-compatibility';
import type { EventSchema } from './event-schema.ts';

/** What holds for one value all at once: a schema, with those that it refers to and those of its `allOf`. */
type Case = readonly Keywords[];

/**
 * Says for an error message what an event allows at a path: `allows a string of at most 32 characters, such as
 * "eu-west"`. It leaves out what doesn't fit into a few words, such as `not` and `if`.
 *
 * @param path the names from the event to the field, joined by dots
 */
export function describeField({ schema }: EventSchema, path: string): string {
  const root: Keywords = schema;
  const found = scalarsIn(casesAt(casesOf(root, root), path.split('.'), root), root);
  if (found.length === 0) return 'has an object there, and a pattern names its fields';
  return `allows ${[...new Set(found.map(describe))].join(' or ')}`;
}

/** More cases than this, and longer chains of references and arrays, are told as any value. */
const maxCases = 100;
const maxDepth = 10;
const anyValue: Keywords = {};

/** The cases of a schema: one for each choice among the branches of its `anyOf` and `oneOf`. */
function casesOf(schema: Schema, root: Keywords, depth = 0): Case[] {
  if (depth > maxDepth) return [[anyValue]];
  if (typeof schema === 'boolean') return schema ? [[anyValue]] : [];
  const of = (inner: unknown) => casesOf(inner as Schema, root, depth + 1);
  const { $ref, allOf = [], anyOf, oneOf } = schema;
  const branches = [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? [each.flatMap(of)] : []));
  return every([
    [[schema]],
    ...(typeof $ref === 'string' ? [of(resolveReference($ref, root))] : []),
    ...(allOf as unknown[]).map(of),
    ...branches,
  ]);
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

function resolveReference(reference: string, root: Keywords): Schema {
  if (!/^#\/(definitions|\$defs)\//.test(reference)) return true;
  let schema: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    schema = (schema as Keywords | undefined)?.[name];
  }
  return (schema as Schema | undefined) ?? true;
}

/** What stands at a path: an array stands for its elements, and several names can be one with dots. */
function casesAt(cases: readonly Case[], steps: readonly string[], root: Keywords): Case[] {
  if (steps.length === 0) return [...cases];
  const places = [...cases, ...cases.flatMap((each) => itemsOf(each, root))];
  return places.flatMap((parts) =>
    steps.flatMap((_, index) => {
      const name = steps.slice(0, index + 1).join('.');
      return casesAt(fieldOf(parts, name, root), steps.slice(index + 1), root);
    }),
  );
}

/** What all parts say about a field together; nothing if none of them declares it. */
function fieldOf(parts: Case, name: string, root: Keywords): Case[] {
  const declared = parts.flatMap(({ properties }) =>
    Object.hasOwn((properties ?? {}) as object, name)
      ? [(properties as Record<string, Schema>)[name] as Schema]
      : [],
  );
  return declared.length === 0 ? [] : every(declared.map((schema) => casesOf(schema, root)));
}

function itemsOf(parts: Case, root: Keywords): Case[] {
  const declared = parts.flatMap(({ items }) => (items === undefined ? [] : [items].flat())) as Schema[];
  return declared.flatMap((items) => casesOf(items, root));
}

/** The cases that are no object, with the elements of an array in place of it. */
function scalarsIn(cases: readonly Case[], root: Keywords, depth = 0): Case[] {
  if (depth > maxDepth) return [[anyValue]];
  const isOnly = (parts: Case, type: string) => parts.some((part) => part.type === type);
  return cases.flatMap((parts) => {
    if (isOnly(parts, 'object')) return [];
    const items = itemsOf(parts, root);
    return isOnly(parts, 'array')
      ? scalarsIn(items.length > 0 ? items : [[anyValue]], root, depth + 1)
      : [parts];
  });
}

function describe(parts: Case): string {
  const all: Keywords = Object.assign({}, ...parts);
  const values = 'const' in all ? [all.const] : all.enum;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' or ');
  const kinds: Record<string, string> = { string: 'a string', number: 'a number', integer: 'a whole number' };
  const type = [all.type]
    .flat()
    .map((each) => kinds[`${each}`] ?? `${each ?? 'any value'}`)
    .join(' or ');
  const limits = Object.entries(limitWords).flatMap(([keyword, say]) =>
    all[keyword] === undefined ? [] : [say(all[keyword])],
  );
  const [example] = Array.isArray(all.examples) ? all.examples : [];
  return [
    [type, limits.join(', ')].filter(Boolean).join(' '),
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
