import { lengthBounds } from './limits.ts';
import type { Atom, Literal } from './literals.ts';
import type { Keywords, Schema } from './normalize.ts';
import { pathOfField } from './path.ts';
import { firstThatMeets, none, type Search, type Task, undecided } from './search.ts';
import { declaredNames, declares, shapeOfField, undeclared } from './shape.ts';

/** At most this many fields of any name are made. */
const maxFresh = 50;

/** An object that meets all atoms: the fields that it needs, each searched on its own, and perhaps one more. */
export function findObject(atoms: Atom[], { place, meets, doubtful, find }: Task): Search {
  const [min, max] = lengthBounds(atoms, 'minProperties', 'maxProperties');
  if (min > max) return none;
  const containers = new Set<Keywords>();
  const required = new Set<string>();
  const absent = new Set<string>();
  const broken: [string, Schema][] = [];
  const others: Keywords[] = [];
  for (const { keyword, value, schema, holds, name } of atoms) {
    if (keyword === 'properties' || keyword === 'additionalProperties') {
      if (holds) containers.add(schema);
      else if (name !== undefined) broken.push([name, (value as Record<string, Schema>)[name] as Schema]);
      else others.push(schema);
    }
    if (keyword === 'required') {
      if (holds) for (const one of value as string[]) required.add(one);
      else absent.add(name as string);
    }
  }
  const mentioned = new Set([
    ...[...containers, ...others].flatMap(({ properties }) =>
      Object.keys((properties as object | undefined) ?? {}),
    ),
    ...required,
    ...absent,
    ...broken.map(([name]) => name),
    ...declaredNames(place.shape),
  ]);
  // Ajv judges which names are additional beside patterns.
  const patterned = others.some((schema) => 'patternProperties' in schema);
  const inDoubt = doubtful ?? (patterned ? 'patternProperties' : 'enum');
  return withOthers(others, broken, 1);

  /** Each broken `additionalProperties` needs a field that its schema doesn't name. Tries every choice. */
  function withOthers(left: Keywords[], fields: [string, Schema][], fresh: number): Search {
    const [first, ...rest] = left;
    if (!first) return withFields(fields);
    const known = Object.keys((first.properties as object | undefined) ?? {});
    const free = freshNames(fresh);
    let doubt: Search | undefined;
    for (const name of [...mentioned, ...free, undeclared].filter((one) => !known.includes(one))) {
      const search = withOthers(rest, [...fields, [name, first.additionalProperties as Schema]], fresh + 1);
      if (search.outcome === 'found') return search;
      if (search.outcome === 'undecided') doubt ??= search;
    }
    return doubt ?? none;
  }

  function freshNames(count: number): string[] {
    const names = [
      'other',
      ...Array.from({ length: count + mentioned.size + 1 }, (_, index) => `other${index + 2}`),
    ];
    return names.filter((name) => !mentioned.has(name)).slice(0, count);
  }

  function withFields(fields: [string, Schema][]): Search {
    const values = new Map<string, unknown>();
    const names = new Set([...required, ...fields.map(([one]) => one)]);
    if (names.size > max) return none;
    let doubt: Search | undefined;
    for (const name of names) {
      if (absent.has(name) || !declares(place.shape, name)) return none;
      const search = findField(name, fields);
      if (search.outcome === 'none') return none;
      if (search.outcome === 'undecided') doubt ??= search;
      else values.set(name, search.document);
    }
    if (doubt) return doubt;
    // Fields don't depend on each other, so any that can be there may fill the object up.
    for (const [name, search] of values.size < min ? moreFields(values, min) : []) {
      if (search.outcome === 'found') values.set(name, search.document);
      else doubt ??= search;
      if (values.size === min) break;
    }
    if (values.size < min) return doubt ?? none;
    const least = Object.fromEntries(values);
    return firstThatMeets(variants(least), meets, false, inDoubt, place);
  }

  /** The fields that an object may have beside others, except those that can't have a value. */
  function* moreFields(others: ReadonlyMap<string, unknown>, count: number): Generator<[string, Search]> {
    for (const name of [...mentioned, ...freshNames(Math.min(count, maxFresh)), undeclared]) {
      if (others.has(name) || absent.has(name) || !declares(place.shape, name)) continue;
      const search = findField(name, []);
      if (search.outcome !== 'none') yield [name, search];
    }
    if (count > maxFresh) yield ['', undecided('minProperties', place)];
  }

  function findField(name: string, fields: [string, Schema][]): Search {
    const literals: Literal[] = fields
      .filter(([one]) => one === name)
      .map(([, schema]) => ({ schema, holds: false }));
    for (const { properties, additionalProperties: additional, patternProperties } of containers) {
      // Whether a field is additional depends on the patterns, which Ajv judges.
      const additionalProperties = patternProperties ? undefined : additional;
      const own = properties && Object.hasOwn(properties, name);
      const schema = own ? (properties as Record<string, Schema>)[name] : additionalProperties;
      if (schema !== undefined) literals.push({ schema: schema as Schema, holds: true });
    }
    return find(literals, {
      ...place,
      path: pathOfField(place.path, name),
      shape: shapeOfField(place.shape, name),
    });
  }

  /** The smallest object, and the same with one more field, for Ajv to judge. */
  function* variants(least: Record<string, unknown>): Generator<unknown> {
    yield least;
    for (const [name, search] of moreFields(new Map(Object.entries(least)), 1)) {
      if (search.outcome === 'found') yield { ...least, [name]: search.document };
    }
  }
}
