import { envelopeOf, readContract } from './contract.ts';

/** A JSON Schema, draft-07: an object of keywords; `true` allows everything, `false` nothing. */
export type JsonSchema = boolean | Keywords;
export interface Keywords {
  readonly [keyword: string]: unknown;
}

/** An event of the contract. */
export interface EventSchema {
  /** Its detail-type. */
  name: string;
  /** What the whole event is, its envelope and its detail. */
  schema: Keywords;
}

/** Every event of the contract. */
export const readEventSchemas = (): EventSchema[] =>
  readContract().map(({ source, detailType, detail }) => eventSchema(source, detailType, detail));

/** An event: the envelope that EventBridge puts around a detail. */
export function eventSchema(source: string, detailType: string, detail: Keywords): EventSchema {
  return {
    name: detailType,
    schema: {
      ...envelopeOf({ source, detailType }, detail),
      // Where the references inside of the detail point to.
      definitions: detail.definitions,
      $defs: detail.$defs,
    },
  };
}

/** What holds for one value all at once: a schema, with those that it refers to and those of its `allOf`. */
export type Case = readonly Keywords[];

/** What an event's schema says about the scalars that a path leads to. */
export interface Field {
  /** What such a scalar can be: one of these. None for an object. */
  cases: Case[];
  /** Can an event have no scalar there? */
  canBeAbsent: boolean;
}

/** The schema of a value that can't be known: nothing is held against it. */
const unknown: Keywords = {};
const anything: Field = { cases: [[unknown]], canBeAbsent: true };

/**
 * Finds a field as EventBridge does: an array stands for each of its elements, and `a.b` is a field of that
 * name as well as the field `b` of `a`.
 *
 * What can't be decided counts as a field that may hold anything: names under `additionalProperties` or
 * `patternProperties`, an object that declares no field at all, `if`, `dependencies`, tuples, and references
 * to elsewhere than the schema's own `definitions` and `$defs`. `oneOf` is read as `anyOf`.
 *
 * @param path the names from the event to the field, joined by dots
 * @returns undefined for a field that the event doesn't declare
 */
export function findField({ schema }: EventSchema, path: string): Field | undefined {
  return findIn(casesOf(schema, schema), path, schema);
}

/** The names of the fields that stand at a path, for error messages. */
export function fieldNames({ schema }: EventSchema, path: string): string[] {
  let cases = casesOf(schema, schema);
  for (const name of path === '' ? [] : path.split('.')) {
    cases = cases.flatMap((each) => childCases([...each, ...itemsOf(each, schema).flat()], name, schema));
  }
  const parts = cases.flatMap((each) => [...each, ...itemsOf(each, schema).flat()]);
  return [...new Set(parts.flatMap((part) => Object.keys(propertiesOf(part))))];
}

function findIn(
  cases: readonly Case[],
  path: string | undefined,
  root: Keywords,
  depth = 0,
): Field | undefined {
  return merge(cases.map((each) => findInCase(each, path, root, depth)));
}

/** What one or the other of several alternatives says; those that lack the field let it be absent. */
function merge(fields: readonly (Field | undefined)[]): Field | undefined {
  const declared = fields.filter((field) => field !== undefined);
  if (declared.length === 0) return undefined;
  return {
    cases: declared.flatMap(({ cases }) => cases),
    canBeAbsent: declared.length < fields.length || declared.some(({ canBeAbsent }) => canBeAbsent),
  };
}

function findInCase(parts: Case, path: string | undefined, root: Keywords, depth: number): Field | undefined {
  if (depth > maxDepth || parts.includes(unknown) || parts.some(holdsStructures)) return anything;
  const types = typesOf(parts);
  const found: Field[] = [];

  if (types.has('array')) {
    const inItems = findIn(itemsOf(parts, root), path, root, depth + 1);
    // Which elements of an array go together isn't decided, nor how many there are of those that are objects.
    const canBeEmpty = path !== undefined || !parts.some(({ minItems }) => Number(minItems) > 0);
    if (inItems) found.push({ ...inItems, canBeAbsent: inItems.canBeAbsent || canBeEmpty });
  }
  if (path === undefined) {
    const isScalar = [...types].some((type) => type !== 'object' && type !== 'array');
    if (isScalar || found.length === 0) {
      found.push({ cases: isScalar ? [parts] : [], canBeAbsent: types.has('object') });
    }
    return merge(found);
  }
  if (types.has('object')) {
    const inObject = findInObject(parts, path, root);
    if (inObject) found.push({ ...inObject, canBeAbsent: inObject.canBeAbsent || types.size > 1 });
  }
  return merge(found);
}

function findInObject(parts: Case, path: string, root: Keywords): Field | undefined {
  const names = new Set(parts.flatMap((part) => Object.keys(propertiesOf(part))));
  const fields = [...names].flatMap((name) => {
    if (path !== name && !path.startsWith(`${name}.`)) return [];
    const rest = path === name ? undefined : path.slice(name.length + 1);
    const field = findIn(childCases(parts, name, root), rest, root);
    const isRequired = parts.some(({ required }) => Array.isArray(required) && required.includes(name));
    return field ? [{ ...field, canBeAbsent: field.canBeAbsent || !isRequired }] : [];
  });
  return merge(fields) ?? (declaresAll(parts, names) ? undefined : anything);
}

/** Are the declared fields all that a pattern can mean? Not for an object that is used as a map, say. */
function declaresAll(parts: Case, names: ReadonlySet<string>): boolean {
  const others = ['patternProperties', 'if', 'dependencies', 'dependentSchemas', '$dynamicRef'];
  return (
    parts.every(({ additionalProperties: rest }) => rest === undefined || typeof rest === 'boolean') &&
    parts.every((part) => others.every((keyword) => !(keyword in part))) &&
    (names.size > 0 || parts.some(({ additionalProperties }) => additionalProperties === false))
  );
}

const propertiesOf = (part: Keywords) => (part.properties ?? {}) as Record<string, JsonSchema>;

/** What holds for a field of an object, all that its parts say about it. */
function childCases(parts: Case, name: string, root: Keywords): Case[] {
  const declared = parts.filter((part) => Object.hasOwn(propertiesOf(part), name));
  return every(declared.map((part) => casesOf(propertiesOf(part)[name] as JsonSchema, root)));
}

function itemsOf(parts: Case, root: Keywords): Case[] {
  if (!typesOf(parts).has('array')) return [];
  const declared = parts.flatMap(({ items }) => (items === undefined ? [] : [items as JsonSchema]));
  if (declared.length === 0 || declared.some(Array.isArray)) return [[unknown]];
  return every(declared.map((items) => casesOf(items, root)));
}

/** More cases than this aren't decided. */
const maxCases = 100;
/** Nor are longer chains of references, nor arrays deeper inside of one another: a schema may refer to itself. */
const maxDepth = 10;

/** The cases of a schema: one for each choice among the branches of its `anyOf` and `oneOf`. */
function casesOf(schema: JsonSchema, root: Keywords, depth = 0): Case[] {
  if (depth > maxDepth) return [[unknown]];
  if (typeof schema === 'boolean') return schema ? [[unknown]] : [];
  const of = (inner: unknown) => casesOf(inner as JsonSchema, root, depth + 1);
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
    if (combined.length > maxCases) return [[unknown]];
  }
  return combined;
}

function resolveReference(reference: string, root: Keywords): JsonSchema {
  if (!/^#\/(definitions|\$defs)\//.test(reference)) return true;
  let schema: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    schema = (schema as Keywords | undefined)?.[name];
  }
  return (schema as JsonSchema | undefined) ?? true;
}

/** Does an `enum` or a `const` name objects or arrays? What is inside of them isn't decided. */
const holdsStructures = (part: Keywords) =>
  namedValues(part)?.some((value) => typeof value === 'object' && value !== null) ?? false;

/** The values of an `enum` or a `const`. */
export function namedValues(part: Keywords): unknown[] | undefined {
  if ('const' in part) return [part.const];
  return Array.isArray(part.enum) ? part.enum : undefined;
}

/** The types that a value can have; `integer` is a `number`. */
export function typesOf(parts: Case): ReadonlySet<string> {
  const types = new Set(['object', 'array', 'string', 'number', 'boolean', 'null']);
  for (const part of parts) {
    if (part.type === undefined) {
      const values = namedValues(part);
      if (values) keep(types, new Set(values.map((value) => (value === null ? 'null' : typeof value))));
    } else
      keep(types, new Set([part.type].flat().map((type) => (type === 'integer' ? 'number' : `${type}`))));
  }
  return types;
}

function keep(types: Set<string>, allowed: ReadonlySet<string>): void {
  for (const type of types) if (!allowed.has(type)) types.delete(type);
}
