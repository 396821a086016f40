import type { SchemaObject } from 'ajv';
import type { EventSchema } from './schemas.ts';

/** The schema of the whole event as EventBridge delivers it: its envelope, around the given detail. */
export function envelopeSchema(event: EventSchema, detail: SchemaObject): SchemaObject {
  const string = { type: 'string' };
  return {
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      // Of the envelope itself: another one would be another shape.
      version: { const: '0' },
      id: string,
      'detail-type': { const: event.detailType },
      source: { const: event.source },
      account: string,
      time: string,
      region: string,
      resources: { type: 'array', items: string },
      detail,
    },
  };
}
