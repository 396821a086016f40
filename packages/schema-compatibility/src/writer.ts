import { findDocument } from './document.ts';
import { maxMs, maxSteps } from './literals.ts';
import { normalize, type Schema } from './normalize.ts';
import type { Search } from './search.ts';
import { type Shape, shapeOf } from './shape.ts';

/** A writer: it sends documents that its schema accepts, with the fields that the schema declares. */
export interface Writer {
  schema: Schema;
  /** The shape of the whole document. */
  shape: Shape;
}

/** @param schema a JSON Schema, draft-07 */
export function writerOf(schema: object | boolean): Writer {
  const written = normalize(schema);
  return { schema: written, shape: shapeOf([written]) };
}

/**
 * Finds a document that the writer may send and that all of the schemas accept.
 *
 * @example
 * findWritten(writerOf({ type: 'string', maxLength: 2 }), [{ pattern: '^eu' }]); // { outcome: 'found', document: 'eu' }
 */
export function findWritten(writer: Writer, wanted: readonly Schema[]): Search {
  const literals = [writer.schema, ...wanted].map((schema) => ({ schema, holds: true }));
  return findDocument(literals, {
    path: '$',
    shape: writer.shape,
    budget: { left: maxSteps, isOver: timer() },
  });
}

/** Tells when the time of a search is over. */
function timer(): () => boolean {
  const end = Date.now() + maxMs;
  return () => Date.now() > end;
}
