import { normalize, type Writer, writerOf } from '@orders/schema-compatibility';
import { envelopeOf, type JsonSchema, readContract } from './contract.ts';

/** An event of the contract, as a rule sees it. */
export interface EventSchema {
  /** Its detail-type. */
  name: string;
  /** What the whole event is, its envelope and its detail. */
  schema: JsonSchema;
  /** The same, made ready to look for events in. */
  writer: Writer;
}

/** Every event of the contract. */
export const readEventSchemas = (): EventSchema[] =>
  readContract().map(({ source, detailType, detail }) => eventSchema(source, detailType, detail));

/** What an event has that comes from an archive, and no other. */
const onlyReplayed = { 'replay-name': { type: 'string' } };

/** An event: the envelope that EventBridge puts around a detail. */
export function eventSchema(source: string, detailType: string, detail: JsonSchema): EventSchema {
  const { properties, ...envelope } = envelopeOf({ source, detailType }, detail);
  const schema = { ...envelope, properties: { ...properties, ...onlyReplayed } };
  // A reference inside of the detail points to a place in the detail, so it is followed before the envelope is around it.
  const writer = writerOf({ ...schema, properties: { ...schema.properties, detail: normalize(detail) } });
  return { name: detailType, schema, writer };
}
