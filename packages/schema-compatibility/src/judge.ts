import type { ValidateFunction } from 'ajv';
import { createAjv } from './ajv.ts';
import { type Keywords, mapInner, type Schema } from './normalize.ts';

/** `undefined` where a reference that leads nowhere decides. */
type Verdict = boolean | undefined;

/**
 * Whether a schema accepts a document, by Ajv; `undefined` where a reference that leads nowhere decides.
 *
 * The schemas in a combination and in `properties` are judged one by one. A search combines the same few schemas in
 * thousands of ways, and Ajv takes a millisecond or more to compile each.
 */
export function accepts(schema: Schema, document: unknown): Verdict {
  if (typeof schema === 'boolean') return schema;
  const { combinations, fields, own } = partsOf(schema);
  return every([
    () => (own ? judge(own, document) : true),
    ...combinations.map((combination) => () => combination(document)),
    ...fields.map(
      ([name, field]) =>
        () =>
          acceptsField(field, document, name),
    ),
  ]);
}

function acceptsField(field: Schema, document: unknown, name: string): Verdict {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return true;
  if (!Object.hasOwn(document, name)) return true;
  return accepts(field, (document as Record<string, unknown>)[name]);
}

interface Parts {
  combinations: ((document: unknown) => Verdict)[];
  fields: [name: string, schema: Schema][];
  /** The other keywords, for Ajv. Of `properties`, only the names: other keywords depend on them. */
  own: Keywords | undefined;
}

const knownParts = new WeakMap<object, Parts>();

function partsOf(schema: Keywords): Parts {
  const known = knownParts.get(schema);
  if (known) return known;
  const parts: Parts = { combinations: [], fields: [], own: undefined };
  const own: Keywords = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const combination = combinationOf(keyword, value);
    if (combination) {
      parts.combinations.push(combination);
    } else if (keyword === 'properties') {
      parts.fields = Object.entries(value as Record<string, Schema>);
      own[keyword] = Object.fromEntries(parts.fields.map(([name]) => [name, true]));
    } else {
      own[keyword] = value;
    }
  }
  if (Object.keys(own).length > 0) parts.own = own;
  knownParts.set(schema, parts);
  return parts;
}

function combinationOf(keyword: string, value: unknown): ((document: unknown) => Verdict) | undefined {
  const verdicts = (document: unknown) => (value as Schema[]).map((one) => () => accepts(one, document));
  switch (keyword) {
    case 'allOf':
      return (document) => every(verdicts(document));
    case 'anyOf':
      return (document) => opposite(every(verdicts(document).map((verdict) => () => opposite(verdict()))));
    case 'not':
      return (document) => opposite(accepts(value as Schema, document));
    default:
      return undefined;
  }
}

/** True if all are, false if one is, and otherwise undefined. */
function every(verdicts: (() => Verdict)[]): Verdict {
  let all: Verdict = true;
  for (const verdict of verdicts) {
    const one = verdict();
    if (one === false) return false;
    if (one === undefined) all = undefined;
  }
  return all;
}

const opposite = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict);

/** What a schema surely accepts, and what it may accept. They differ where a reference leads nowhere. */
interface Judge {
  surely: ValidateFunction;
  perhaps: ValidateFunction;
}

/** By the schema object and by its text, because the search makes equal schemas again and again. */
const judges = new WeakMap<object, Judge | null>();
const judgesByText = new Map<string, Judge | null>();

function judge(schema: Keywords, document: unknown): Verdict {
  let known = judges.get(schema);
  if (known === undefined) {
    const text = textOf(schema);
    known = judgesByText.get(text);
    if (known === undefined) known = judgeOf(schema, text);
    judgesByText.set(text, known);
    judges.set(schema, known);
  }
  if (known?.surely(document)) return true;
  return known && !(known.surely !== known.perhaps && known.perhaps(document)) ? false : undefined;
}

function judgeOf(schema: Keywords, text: string): Judge | null {
  try {
    if (!text.includes('"$ref"')) {
      const validate = parts.compile(schema);
      return { surely: validate, perhaps: validate };
    }
    // A remaining reference leads to a place outside this part of the schema.
    const [surely, perhaps] = [false, true].map((holds) => parts.compile(assumed(schema, holds) as Keywords));
    return surely && perhaps ? { surely, perhaps } : null;
  } catch {
    return null;
  }
}

/** The schema, assuming that every reference in it holds, or that every one fails. */
function assumed(schema: Schema, holds: boolean): Schema {
  if (typeof schema === 'boolean') return schema;
  const { $ref: ref, ...rest } = schema;
  const entries = Object.entries(rest).map(([keyword, value]) => [
    keyword,
    mapInner(keyword, value, (inner) => {
      if (keyword === 'not') return assumed(inner, !holds);
      if (!['oneOf', 'if', 'then', 'else'].includes(keyword)) return assumed(inner, holds);
      if (JSON.stringify(inner).includes('"$ref"'))
        throw new Error(`a reference may hold, or not, in ${keyword}`);
      return inner;
    }),
  ]);
  return ref !== undefined && !holds ? { not: {} } : Object.fromEntries(entries);
}

const texts = new WeakMap<object, string>();

/** The JSON text of a schema, made once. */
export function textOf(schema: Schema): string {
  if (typeof schema === 'boolean') return String(schema);
  const known = texts.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  texts.set(schema, text);
  return text;
}

const judging = {
  strict: false,
  messages: false,
  // Whoever read a schema has validated it.
  validateSchema: false,
  logger: false,
  ownProperties: true,
  // A schema judges a few documents, so that faster code isn't worth a slower compilation.
  code: { optimize: false },
} as const;
const parts = createAjv(judging);

/** Compiles a whole schema with the options of this package. */
export function compileSchema(schema: object): ValidateFunction {
  // An instance of its own for a schema with `$id`, because two schemas may have the same one.
  if (JSON.stringify(schema).includes('"$id"')) return createAjv(judging).compile(schema);
  const validate = parts.compile(schema);
  // The caller may change the schema.
  parts.removeSchema(schema);
  return validate;
}
