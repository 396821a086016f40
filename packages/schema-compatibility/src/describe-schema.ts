import { type Case, casesOf } from './cases.ts';
import { keywords } from './keywords.ts';
import type { Keywords, Schema } from './normalize.ts';
import { sameJson } from './same-json.ts';

/** How a text marks code in it: a pattern, or a value as JSON. */
type Quote = (code: string) => string;
const plain: Quote = (code) => code;

/**
 * Says in words what a schema allows. Everything that shows a schema to people uses these words.
 *
 * @param quote marks code in the text, such as backticks in Markdown; by default it isn't marked
 * @example
 * describeSchema({ type: 'string', maxLength: 32, pattern: '^[a-z]+$' });
 * // 'a string of at most 32 characters, matching ^[a-z]+$'
 */
export function describeSchema(schema: Schema, quote: Quote = plain): string {
  return describeCases(casesOf(schema), quote);
}

/** Says what any of the cases allows. */
export function describeCases(cases: readonly Case[], quote: Quote = plain): string {
  return [...new Set(cases.map((parts) => describeCase(parts, quote)))].join(' or ') || 'nothing';
}

function describeCase(parts: Case, quote: Quote): string {
  const values = valuesOf(parts);
  if (values) return describeValues(values, quote);
  const limits = parts.flatMap((part) =>
    Object.entries(part).flatMap(([keyword, value]) => describeKeyword(keyword, value, quote)),
  );
  return [describeType(parts), [...new Set(limits)].join(', ')].filter(Boolean).join(' ');
}

/** The values that every `const` and `enum` of the parts has; undefined when they have neither. */
function valuesOf(parts: Case): readonly unknown[] | undefined {
  const [first, ...others] = parts.flatMap((part): (readonly unknown[])[] => {
    if ('const' in part) return [[part.const]];
    return Array.isArray(part.enum) ? [part.enum] : [];
  });
  return first?.filter((value) => others.every((list) => list.some((other) => sameJson(other, value))));
}

/** A list of more values than this is cut. */
const maxValues = 20;

function describeValues(values: readonly unknown[], quote: Quote): string {
  const [first, ...others] = values.slice(0, maxValues).map((value) => quote(JSON.stringify(value)));
  if (first === undefined) return 'nothing';
  if (others.length === 0) return first;
  const more = values.length > maxValues ? ` and ${values.length - maxValues} more` : '';
  return `one of ${[first, ...others].join(', ')}${more}`;
}

const typeWords: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

function describeType(parts: Case): string {
  const types = parts.flatMap(({ type }) => (type === undefined ? [] : [[type].flat() as string[]]));
  const [first, ...others] = types;
  if (!first) return 'any value';
  const allowed = first.filter((type) => others.every((list) => list.includes(type)));
  return (allowed.length > 0 ? allowed : first).map((type) => typeWords[type] ?? type).join(' or ');
}

const count = (number: unknown, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;

/** The words for a keyword's value, as they follow the type. */
const words = new Map<string, (value: unknown, quote: Quote) => string | undefined>([
  ['minLength', (limit) => `of at least ${count(limit, 'character')}`],
  ['maxLength', (limit) => `of at most ${count(limit, 'character')}`],
  ['pattern', (pattern, quote) => `matching ${quote(String(pattern))}`],
  ['format', (format) => `in the format ${format}`],
  ['minimum', (limit) => `at least ${limit}`],
  ['exclusiveMinimum', (limit) => `above ${limit}`],
  ['maximum', (limit) => `at most ${limit}`],
  ['exclusiveMaximum', (limit) => `below ${limit}`],
  ['multipleOf', (step) => `a multiple of ${step}`],
  ['minItems', (limit) => `of at least ${count(limit, 'item')}`],
  ['maxItems', (limit) => `of at most ${count(limit, 'item')}`],
  ['uniqueItems', (unique) => (unique ? 'no two items equal' : undefined)],
  ['items', (items, quote) => describeItems(items as Schema | Schema[], quote)],
  ['contains', (item, quote) => `with an item that is ${describeSchema(item as Schema, quote)}`],
  ['minProperties', (limit) => `of at least ${count(limit, 'field')}`],
  ['maxProperties', (limit) => `of at most ${count(limit, 'field')}`],
  [
    'required',
    (names) => ((names as string[]).length > 0 ? `with ${(names as string[]).join(', ')}` : undefined),
  ],
  ['additionalProperties', (other, quote) => describeOthers(other as Schema, quote)],
  ['propertyNames', (name, quote) => `whose names are each ${describeSchema(name as Schema, quote)}`],
  ['not', (not, quote) => `but not ${describeSchema(not as Schema, quote)}`],
]);

const describeItems = (items: Schema | Schema[], quote: Quote): string =>
  Array.isArray(items)
    ? `that begins with ${items.map((item) => describeSchema(item, quote)).join(', then ')}`
    : `whose items are each ${describeSchema(items, quote)}`;

function describeOthers(other: Schema, quote: Quote): string | undefined {
  if (other === true) return undefined;
  return other === false
    ? 'with no other fields'
    : `whose other fields are each ${describeSchema(other, quote)}`;
}

/** Keywords whose meaning other words cover. */
const covered = new Set('type const enum allOf anyOf oneOf properties'.split(' '));

function describeKeyword(keyword: string, value: unknown, quote: Quote): string[] {
  if (covered.has(keyword) || keyword.startsWith('x-') || keywords.get(keyword)?.isAnnotation) return [];
  const say = words.get(keyword);
  if (!say) return [`${keyword} ${quote(JSON.stringify(value))}`];
  const said = say(value, quote);
  return said === undefined ? [] : [said];
}

/**
 * Says what a schema allows, with its first example: `a number at least 1, such as 300`. An example that is an object or
 * a list is left out.
 */
export function describeWithExample(schema: Schema): string {
  return withExample(describeSchema(schema), typeof schema === 'object' ? [schema] : []);
}

/** Adds the first example of the parts to a text. */
export function withExample(text: string, parts: readonly Keywords[]): string {
  const [example] = parts.flatMap(({ examples }) => (Array.isArray(examples) ? examples : []));
  return example === undefined || typeof example === 'object'
    ? text
    : `${text}, such as ${JSON.stringify(example)}`;
}
