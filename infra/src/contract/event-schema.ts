import { envelopeOf, type JsonSchema, readContract } from '@orders/contract';
import type { EventSchema } from '@orders/event-pattern/can-match';
import { normalize, writerOf } from '@orders/schema-compatibility';

/** Every event of the contract. */
export const readEventSchemas = (): EventSchema[] =>
  readContract().map(({ source, detailType, detail }) => eventSchema(source, detailType, detail));

/** Only events that are replayed from an archive have it. */
const onlyReplayed = { 'replay-name': { type: 'string' } };

/** An event with the given detail: EventBridge puts its envelope around it. */
export function eventSchema(source: string, detailType: string, detail: JsonSchema): EventSchema {
  const { properties, ...envelope } = envelopeOf({ source, detailType }, detail);
  const schema = { ...envelope, properties: { ...properties, ...onlyReplayed } };
  // Resolve references inside the detail before the envelope moves it: they point to places in the detail.
  const writer = writerOf({ ...schema, properties: { ...schema.properties, detail: normalize(detail) } });
  return { name: detailType, schema, writer };
}
