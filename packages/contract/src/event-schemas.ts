import type { EventSchema } from '@orders/event-pattern/can-match';
import { normalize, writerOf } from '@orders/schema-compatibility';
import { envelopeOf } from './envelope.ts';
import type { ContractEvent } from './read-contract.ts';

/** Only events that are replayed from an archive have it. */
const onlyReplayed = { 'replay-name': { type: 'string' } };

/** The whole event that rules see: the detail, with EventBridge's envelope around it. */
export function eventSchema({
  source,
  detailType,
  detail,
}: Pick<ContractEvent, 'source' | 'detailType' | 'detail'>): EventSchema {
  const { properties, ...envelope } = envelopeOf({ source, detailType }, detail);
  const schema = { ...envelope, properties: { ...properties, ...onlyReplayed } };
  // Resolve references inside the detail before the envelope moves it: they point to places in the detail.
  const writer = writerOf({ ...schema, properties: { ...schema.properties, detail: normalize(detail) } });
  return { name: detailType, schema, writer };
}
