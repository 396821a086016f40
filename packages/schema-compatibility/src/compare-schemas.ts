import { type Clause, clausesOf } from './clauses.ts';
import { findDocument } from './document.ts';
import { compileSchema, textOf } from './judge.ts';
import { maxMs, maxSteps } from './literals.ts';
import { normalizeFrom } from './normalize.ts';
import { pathOfField } from './path.ts';
import { provenRecursions } from './recursions.ts';
import { shapeOf } from './shape.ts';

/** The promise of an event, from its `x-compatibility`. Confluent's terms, for every released version. */
export const modes = ['BACKWARD', 'FORWARD', 'FULL'] as const;
export type Mode = (typeof modes)[number];
/** BACKWARD: today's schema reads what a released one wrote. FORWARD: a released schema reads what today's writes. */
export type Direction = 'BACKWARD' | 'FORWARD';

/** One way in which two schemas are incompatible. */
export interface Break {
  direction: Direction;
  /** JSON path of the place: `$.OrderDetails.value`. */
  path: string;
  /** The reader's keyword that refuses the example, or the keyword that can't be decided. */
  keyword: string;
  /** A document that, by Ajv, the writer's schema accepts and the reader's refuses. Absent in an undecided break. */
  example?: { document: unknown };
}

/**
 * Every break of a mode between a released schema and today's. After two seconds, the rest is undecided.
 *
 * @param now the time in milliseconds; for tests. `Date.now` by default.
 *
 * @example
 * compareSchemas({ type: 'object' }, { type: 'object', required: ['note'] }, 'FULL');
 * // [{ direction: 'BACKWARD', path: '$.note', keyword: 'required', example: { document: {} } }]
 */
export function compareSchemas(
  released: object | boolean,
  today: object | boolean,
  mode: Mode,
  now: () => number = Date.now,
): Break[] {
  const end = now() + maxMs;
  const isOver = () => now() > end;
  return [
    ...(mode === 'FORWARD' ? [] : unreadable(released, today, 'BACKWARD', isOver)),
    ...(mode === 'BACKWARD' ? [] : unreadable(today, released, 'FORWARD', isOver)),
  ];
}

/** The breaks between a writer and a reader, one for each place. */
function unreadable(
  writer: object | boolean,
  reader: object | boolean,
  direction: Direction,
  isOver: () => boolean,
): Break[] {
  const same = provenRecursions(writer, reader, isOver);
  const written = normalizeFrom(writer, '#', { same });
  const shape = shapeOf([written]);
  const isWritten = compiledLater(writer);
  const isRead = compiledLater(reader);

  const breaks = new Map<string, Break>();
  for (const clause of clausesOf(normalizeFrom(reader, '#', { same }))) {
    const search = findDocument(
      [
        { schema: written, holds: true },
        { schema: clause.schema, holds: false },
      ],
      { path: '$', shape, budget: { left: maxSteps, isOver } },
    );
    if (search.outcome === 'none') continue;
    let found: Break = { direction, path: clause.path, keyword: clause.keyword };
    if (search.outcome === 'undecided') {
      found = { ...found, path: search.path, keyword: search.keyword };
    } else if (isWritten(search.document) && !isRead(search.document)) {
      const path = clause.path.endsWith('.*') ? additionalField(clause, search.document) : clause.path;
      found = { ...found, path, example: { document: search.document } };
    }
    // Report one break for each place, and prefer one with an example.
    const known = breaks.get(found.path);
    if (!known || (!known.example && found.example)) breaks.set(found.path, found);
  }
  return [...breaks.values()];
}

const compileWhole = (schema: object | boolean) =>
  compileSchema(typeof schema === 'boolean' ? { allOf: [schema] } : schema);

/** Compiles a schema when there is a document to validate: most comparisons find none, and it takes some milliseconds. */
function compiledLater(schema: object | boolean): (document: unknown) => boolean {
  let validate: ReturnType<typeof compileWhole> | undefined;
  return (document) => {
    validate ??= compileWhole(schema);
    return validate(document);
  };
}

/** The path with `*` replaced by the name of the field that this demand refuses in the document. */
function additionalField({ path, schema }: Clause, document: unknown): string {
  // A reference in a part of a schema leads nowhere.
  if (textOf(schema).includes('"$ref"')) return path;
  const isMet = compileWhole(schema);
  isMet(document);
  const error = isMet.errors?.find(({ keyword }) => keyword === 'additionalProperties');
  return error ? pathOfField(path.slice(0, -2), String(error.params.additionalProperty)) : path;
}
