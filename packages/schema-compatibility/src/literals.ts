import { Ajv, type ValidateFunction } from 'ajv';
import { type Keywords, mapInner, type Schema, sameJson } from './normalize.ts';

/** A schema that a document has to be accepted by, or refused by. */
export interface Literal {
  schema: Schema;
  holds: boolean;
}

/** One keyword of a schema that has to hold, or not to. */
export interface Atom {
  keyword: string;
  value: unknown;
  /** The schema that the keyword is in, for those that depend on their neighbours. */
  schema: Keywords;
  holds: boolean;
  /** For a negated `properties` or `required`: the one field that is to break it. */
  name?: string;
}

/** The kinds of value, no two of which have a value in common. */
export const kinds = ['string', 'integer', 'fraction', 'boolean', 'object', 'array', 'null'] as const;
export type Kind = (typeof kinds)[number];

/** A way to meet all literals: these kinds of value, with all of these atoms. */
export interface Leaf {
  kinds: Kind[];
  atoms: Atom[];
  /** The schemas that hold as a whole, as text. */
  held: readonly string[];
}

/** How many steps a search takes before it gives up as undecided, and how many ways one schema may have by itself. */
export const maxSteps = 200_000;
const maxChoices = 2_000;

/** Thrown where the ways to meet the literals are too many to look at. */
export class TooManyWaysError extends Error {}

/** How many steps may still be taken; shared by everything that belongs to one question. */
export interface Budget {
  left: number;
}

const numbers: Kind[] = ['integer', 'fraction'];
// Maps, and not objects, which have names of their own: a schema may have a keyword `constructor`.
const kindsOfType = new Map<unknown, Kind[]>([
  ['string', ['string']],
  ['integer', ['integer']],
  ['number', numbers],
  ['boolean', ['boolean']],
  ['object', ['object']],
  ['array', ['array']],
  ['null', ['null']],
]);

/** The kinds that a keyword speaks of: it holds for every value of another kind. */
const kindsOfKeyword = new Map<string, Kind[]>([
  ...entriesFor('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf', numbers),
  ...entriesFor('minLength maxLength pattern', ['string']),
  ...entriesFor('items additionalItems minItems maxItems uniqueItems contains', ['array']),
  ...entriesFor('required properties additionalProperties patternProperties', ['object']),
  ...entriesFor('minProperties maxProperties dependencies propertyNames', ['object']),
]);

function entriesFor(keywords: string, value: Kind[]): [string, Kind[]][] {
  return keywords.split(' ').map((keyword) => [keyword, value]);
}

/** Every way to meet all literals at once; each is checked for contradictions later, where the value is made. */
export function* waysToMeet(literals: Literal[], budget: Budget): Generator<Leaf> {
  // What has to hold comes first: it settles many of the negated ones at a glance.
  const ordered = [...literals.filter((one) => one.holds), ...literals.filter((one) => !one.holds)];
  yield* meet(ordered, { kinds: [...kinds], atoms: [], held: [] }, budget);
}

function* meet(pending: Literal[], leaf: Leaf, budget: Budget): Generator<Leaf> {
  if (--budget.left < 0) throw new TooManyWaysError('too many ways');
  if (leaf.kinds.length === 0 || contradicts(pending, leaf)) return;
  const [first, ...rest] = pending;
  if (!first) {
    yield leaf;
    return;
  }
  if (typeof first.schema === 'boolean') {
    if (first.schema === first.holds) yield* meet(rest, leaf, budget);
  } else if (first.holds) {
    yield* meetSchema(first.schema, rest, leaf, budget);
  } else {
    yield* breakSchema(first.schema, rest, leaf, budget);
  }
}

/** Whether a schema is both to hold and not to: what one branch of many says need not be taken apart to see it. */
function contradicts(pending: Literal[], { held }: Leaf): boolean {
  const refused = pending.flatMap(({ schema, holds }) => (holds ? [] : [textOf(schema)]));
  if (refused.length === 0) return false;
  const holding = new Set([
    ...held,
    ...pending.flatMap(({ schema, holds }) => (holds ? [textOf(schema)] : [])),
  ]);
  return refused.some((text) => holding.has(text));
}

const texts = new WeakMap<object, string>();

function textOf(schema: Schema): string {
  if (typeof schema === 'boolean') return String(schema);
  const known = texts.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  texts.set(schema, text);
  return text;
}

const yes = (schema: unknown): Literal => ({ schema: schema as Schema, holds: true });
const no = (schema: unknown): Literal => ({ schema: schema as Schema, holds: false });

function* meetSchema(schema: Keywords, rest: Literal[], leaf: Leaf, budget: Budget): Generator<Leaf> {
  let allowed = leaf.kinds;
  const atoms = [...leaf.atoms];
  let choices: Literal[][] = [[]];
  const choose = (ways: Literal[][]) => {
    choices = choices.flatMap((choice) => ways.map((way) => [...choice, ...way]));
    if (choices.length > maxChoices) throw new TooManyWaysError('too many ways');
  };
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'type') allowed = allowed.filter((kind) => kindsOf(value).includes(kind));
    const ways = waysOfCombination(keyword, schema, true);
    if (ways) choose(ways);
    else if (keyword !== 'then' && keyword !== 'else') atoms.push({ keyword, value, schema, holds: true });
  }
  const next = { kinds: allowed, atoms, held: [...leaf.held, textOf(schema)] };
  for (const choice of choices) yield* meet([...choice.sort(holdsFirst), ...rest], next, budget);
}

const holdsFirst = (left: Literal, right: Literal) => Number(right.holds) - Number(left.holds);

function* breakSchema(schema: Keywords, rest: Literal[], leaf: Leaf, budget: Budget): Generator<Leaf> {
  for (const [keyword, value] of Object.entries(schema)) {
    if (isAskedAlready(keyword, schema, leaf.atoms)) continue;
    // Patterns that only say which fields aren't additional.
    if (keyword === 'patternProperties' && Object.values(value as object).every((one) => one === true))
      continue;
    const ways = waysOfCombination(keyword, schema, false);
    if (ways) {
      for (const way of ways) yield* meet([...way.sort(holdsFirst), ...rest], leaf, budget);
      continue;
    }
    if (keyword === 'then' || keyword === 'else') continue;
    const spokenOf = keyword === 'type' ? kindsNotOf(value) : (kindsOfKeyword.get(keyword) ?? kinds);
    const allowed = leaf.kinds.filter((kind) => spokenOf.includes(kind));
    for (const name of fieldsToBreak(keyword, value)) {
      const atom: Atom = { keyword, value, schema, holds: false, ...(name === undefined ? {} : { name }) };
      yield* meet(rest, { ...leaf, kinds: allowed, atoms: [...leaf.atoms, atom] }, budget);
    }
  }
}

const kindsOf = (type: unknown): Kind[] => [type].flat().flatMap((one) => kindsOfType.get(one) ?? []);
const kindsNotOf = (type: unknown): Kind[] => kinds.filter((kind) => !kindsOf(type).includes(kind));

/** `properties` and `required` are broken by one field at a time, the others by the value itself. */
function fieldsToBreak(keyword: string, value: unknown): (string | undefined)[] {
  if (keyword === 'required') return value as string[];
  return keyword === 'properties' ? Object.keys(value as object) : [undefined];
}

/** The ways in which a combination of schemas holds (or doesn't), or `undefined` if the keyword is none. */
function waysOfCombination(keyword: string, schema: Keywords, holds: boolean): Literal[][] | undefined {
  const schemas = schema[keyword] as Schema[];
  const exactlyOne = () =>
    schemas.map((_, index) => schemas.map((one, other) => (index === other ? yes(one) : no(one))));
  switch (keyword) {
    case 'allOf':
      return holds ? [schemas.map(yes)] : schemas.map((one) => [no(one)]);
    case 'anyOf':
      return holds ? schemas.map((one) => [yes(one)]) : [schemas.map(no)];
    case 'oneOf':
      if (holds) return exactlyOne();
      return [
        schemas.map(no),
        ...schemas.flatMap((one, index) => schemas.slice(index + 1).map((other) => [yes(one), yes(other)])),
      ];
    case 'not':
      return [[holds ? no(schemas) : yes(schemas)]];
    case 'if': {
      const { then = true, else: otherwise = true } = schema;
      const branch = holds ? yes : no;
      return [
        [yes(schemas), branch(then)],
        [no(schemas), branch(otherwise)],
      ];
    }
    default:
      return undefined;
  }
}

/** Whether the very same keyword has to hold anyway, so that it can't be broken. */
function isAskedAlready(keyword: string, schema: Keywords, atoms: Atom[]): boolean {
  return atoms.some(
    (atom) =>
      atom.holds &&
      atom.keyword === keyword &&
      sameJson(atom.value, schema[keyword]) &&
      sameJson(neighboursOf(keyword, atom.schema), neighboursOf(keyword, schema)),
  );
}

/** What the meaning of a keyword depends on in the same schema: of the fields beside it, only the names. */
function neighboursOf(keyword: string, schema: Keywords): unknown {
  if (keyword === 'additionalItems') return schema.items;
  if (keyword !== 'additionalProperties') return undefined;
  return ['properties', 'patternProperties'].map((one) => Object.keys((schema[one] as object) ?? {}).sort());
}

/** What a schema accepts for certain, and what it may accept; the two differ by references that lead nowhere. */
interface Judge {
  surely: ValidateFunction;
  perhaps: ValidateFunction;
}

/** By the schema itself, and by its text, as equal schemas are made again and again. */
const judges = new WeakMap<object, Judge | null>();
const judgesByText = new Map<string, Judge | null>();

/** Whether a schema accepts a document, as Ajv has it; `undefined` where a reference decides that leads nowhere. */
export function accepts(schema: Schema, document: unknown): boolean | undefined {
  if (typeof schema === 'boolean') return schema;
  let judge = judges.get(schema);
  if (judge === undefined) {
    const text = textOf(schema);
    judge = judgesByText.get(text);
    if (judge === undefined) judge = judgeOf(schema, text);
    judgesByText.set(text, judge);
    judges.set(schema, judge);
  }
  if (judge?.surely(document)) return true;
  return judge && !(judge.surely !== judge.perhaps && judge.perhaps(document)) ? false : undefined;
}

function judgeOf(schema: Keywords, text: string): Judge | null {
  try {
    if (!text.includes('"$ref"')) {
      const validate = parts.compile(schema);
      return { surely: validate, perhaps: validate };
    }
    // A reference that is left leads to a place that isn't in this part of the schema.
    const [surely, perhaps] = [false, true].map((holds) => parts.compile(assumed(schema, holds) as Keywords));
    return surely && perhaps ? { surely, perhaps } : null;
  } catch {
    return null;
  }
}

/** The schema if all that its references lead to holds, or if nothing does. */
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

/** Unknown keywords and formats say nothing here, and that a schema is one has been checked where it was read. */
const judging = { strict: false, validateFormats: false, validateSchema: false, logger: false } as const;
const parts = new Ajv(judging);

/** Compiles a whole schema as it is judged here. */
export function compileSchema(schema: object): ValidateFunction {
  return new Ajv(judging).compile(schema);
}
