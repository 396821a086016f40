import { type Schema, type Writer, writerOf } from '@orders/schema-compatibility';

/** An event that rules can match. */
export interface EventSchema {
  /** What messages call the event: its detail-type. */
  readonly name: string;
  /** The JSON Schema, draft-07, of the whole event: its envelope and its detail. */
  readonly schema: Schema;
  /** The same schema, prepared for searches. */
  readonly writer: Writer;
}

/**
 * Prepares the schema of an event for {@link checkPattern}.
 *
 * @param name what messages call the event
 * @param schema the JSON Schema, draft-07, of the whole event: its envelope and its detail
 */
export const eventSchemaOf = (name: string, schema: object): EventSchema => ({
  name,
  schema: schema as Schema,
  writer: writerOf(schema),
});
