import { textOf } from './judge.ts';
import { type Kind, keywords, kinds } from './keywords.ts';
import type { Keywords, Schema } from './normalize.ts';
import { sameJson } from './same-json.ts';
import { excludes } from './tags.ts';

/** A schema that has to accept the document, or to refuse it. */
export interface Literal {
  schema: Schema;
  holds: boolean;
}

/** One keyword that has to hold, or has to fail. */
export interface Atom {
  keyword: string;
  value: unknown;
  /** The schema around the keyword, for keywords that depend on their neighbours. */
  schema: Keywords;
  holds: boolean;
  /** For a negated `properties` or `required`: the field that breaks it. For a negated list of `items`: the position. */
  name?: string;
}

/** A way to meet all literals: a value of one of these kinds that meets all of these atoms. */
export interface Leaf {
  kinds: Kind[];
  atoms: Atom[];
  /** The schemas that hold as a whole. */
  held: readonly Keywords[];
}

/** The steps after which a search gives up as undecided, and the most ways that one schema may have by itself. */
export const maxSteps = 200_000;
const maxChoices = 2_000;
/** The time after which a comparison, or the search for one event, gives up as undecided. */
export const maxMs = 2_000;

/** The literals can be met in too many ways to try all of them. */
export class TooManyWaysError extends Error {}

/** The work that is left. All searches of one demand share the steps, all demands of one comparison the time. */
export interface Budget {
  left: number;
  /** Whether the time is over. Asked every now and then. */
  isOver: () => boolean;
}

const numbers: Kind[] = ['integer', 'fraction'];
// A Map, because an object inherits names, and a schema may have a keyword `constructor`.
const kindsOfType = new Map<unknown, Kind[]>([
  ['string', ['string']],
  ['integer', ['integer']],
  ['number', numbers],
  ['boolean', ['boolean']],
  ['object', ['object']],
  ['array', ['array']],
  ['null', ['null']],
]);

/** Every way to meet all literals at once. A way may still contradict itself: the search for a value finds out. */
export function* waysToMeet(literals: Literal[], budget: Budget): Generator<Leaf> {
  // Take literals that hold first: they settle many negated ones at once.
  const ordered = [...literals.filter((one) => one.holds), ...literals.filter((one) => !one.holds)];
  yield* meet(ordered, { kinds: [...kinds], atoms: [], held: [] }, budget);
}

function* meet(pending: Literal[], leaf: Leaf, budget: Budget): Generator<Leaf> {
  if (--budget.left < 0) throw new TooManyWaysError('too many ways');
  if (budget.left % 64 === 0 && budget.isOver()) throw new TooManyWaysError('too long');
  if (leaf.kinds.length === 0 || contradicts(pending, leaf)) return;
  const [first, ...rest] = pending;
  if (!first) {
    yield leaf;
    return;
  }
  const { schema, holds } = first;
  if (leaf.held.some((held) => excludes(held, schema))) {
    // The schema fails anyway.
    if (!holds) yield* meet(rest, leaf, budget);
  } else if (typeof first.schema === 'boolean') {
    if (first.schema === first.holds) yield* meet(rest, leaf, budget);
  } else if (first.holds) {
    yield* meetSchema(first.schema, rest, leaf, budget);
  } else {
    yield* breakSchema(first.schema, rest, leaf, budget);
  }
}

/** Whether the same schema has to hold and to fail. This spares taking apart a branch of many. */
function contradicts(pending: Literal[], { held }: Leaf): boolean {
  const refused = new Set<string>();
  for (const { schema, holds } of pending) if (!holds) refused.add(textOf(schema));
  if (refused.size === 0) return false;
  return (
    held.some((schema) => refused.has(textOf(schema))) ||
    pending.some(({ schema, holds }) => holds && refused.has(textOf(schema)))
  );
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
    if (keyword === 'type') {
      const ofType = kindsOf(value);
      allowed = allowed.filter((kind) => ofType.includes(kind));
    }
    const ways = waysOfCombination(keyword, schema, true);
    if (ways) choose(ways);
    else if (keyword !== 'then' && keyword !== 'else') atoms.push({ keyword, value, schema, holds: true });
  }
  const next = { kinds: allowed, atoms, held: [...leaf.held, schema] };
  for (const choice of choices) yield* meet([...choice.sort(holdsFirst), ...rest], next, budget);
}

const holdsFirst = (left: Literal, right: Literal) => Number(right.holds) - Number(left.holds);

function* breakSchema(schema: Keywords, rest: Literal[], leaf: Leaf, budget: Budget): Generator<Leaf> {
  for (const [keyword, value] of Object.entries(schema)) {
    if (isAskedAlready(keyword, schema, leaf.atoms)) continue;
    // These patterns only exempt fields from additionalProperties.
    if (keyword === 'patternProperties' && Object.values(value as object).every((one) => one === true))
      continue;
    const ways = waysOfCombination(keyword, schema, false);
    if (ways) {
      for (const way of ways) yield* meet([...way.sort(holdsFirst), ...rest], leaf, budget);
      continue;
    }
    if (keyword === 'then' || keyword === 'else') continue;
    const spokenOf = keyword === 'type' ? kindsNotOf(value) : (keywords.get(keyword)?.kinds ?? kinds);
    const allowed = leaf.kinds.filter((kind) => spokenOf.includes(kind));
    for (const name of fieldsToBreak(keyword, value)) {
      const atom: Atom = { keyword, value, schema, holds: false, ...(name === undefined ? {} : { name }) };
      yield* meet(rest, { ...leaf, kinds: allowed, atoms: [...leaf.atoms, atom] }, budget);
    }
  }
}

const kindsOf = (type: unknown): readonly Kind[] =>
  Array.isArray(type) ? type.flatMap((one) => kindsOfType.get(one) ?? []) : (kindsOfType.get(type) ?? []);

function kindsNotOf(type: unknown): Kind[] {
  const ofType = kindsOf(type);
  return kinds.filter((kind) => !ofType.includes(kind));
}

/** One field at a time breaks `properties` and `required`, and one item a list. The value itself breaks any other keyword. */
function fieldsToBreak(keyword: string, value: unknown): (string | undefined)[] {
  if (keyword === 'required') return value as string[];
  if (keyword === 'items' && Array.isArray(value)) return value.map((_, position) => String(position));
  return keyword === 'properties' ? Object.keys(value as object) : [undefined];
}

/** The ways in which a combination of schemas holds (or fails), or `undefined` if the keyword isn't a combination. */
function waysOfCombination(keyword: string, schema: Keywords, holds: boolean): Literal[][] | undefined {
  const schemas = schema[keyword] as Schema[];
  // A variant that a constant tells apart needs no other to fail.
  const exactlyOne = () =>
    schemas.map((one, index) => [
      yes(one),
      ...schemas.filter((other, at) => at !== index && !isApart(one, other)).map(no),
    ]);
  switch (keyword) {
    case 'allOf':
      return holds ? [schemas.map(yes)] : schemas.map((one) => [no(one)]);
    case 'anyOf':
      return holds ? schemas.map((one) => [yes(one)]) : [schemas.map(no)];
    case 'oneOf':
      if (holds) return exactlyOne();
      return [
        schemas.map(no),
        ...schemas.flatMap((one, index) =>
          schemas
            .slice(index + 1)
            .filter((other) => !isApart(one, other))
            .map((other) => [yes(one), yes(other)]),
        ),
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

const isApart = (one: Schema, other: Schema) => typeof one === 'object' && excludes(one, other);

/** Whether an equal keyword has to hold already, so that this one can't fail. */
function isAskedAlready(keyword: string, schema: Keywords, atoms: Atom[]): boolean {
  return atoms.some(
    (atom) =>
      atom.holds &&
      atom.keyword === keyword &&
      sameJson(atom.value, schema[keyword]) &&
      sameJson(neighboursOf(keyword, atom.schema), neighboursOf(keyword, schema)),
  );
}

/** The neighbours that a keyword's meaning depends on. Of fields, only the names. */
function neighboursOf(keyword: string, schema: Keywords): unknown {
  if (keyword === 'additionalItems') return schema.items;
  if (keyword !== 'additionalProperties') return undefined;
  return ['properties', 'patternProperties'].map((one) => Object.keys((schema[one] as object) ?? {}).sort());
}
