import type { ContractEvent, JsonSchema } from './read-contract.ts';

/**
 * The schema of a whole event as EventBridge delivers it: the envelope around a detail. It uses only keywords that mean
 * the same in draft-04 and draft-07, so that the schema registry takes it too.
 *
 * Source: "AWS service event metadata" in the EventBridge user guide.
 *
 * @param event its source, and its detail-type; without a detail-type, an event of any type
 * @param detail the schema of the detail, or a reference to it
 */
export function envelopeOf(
  { source, detailType }: { source: string; detailType?: string },
  detail: JsonSchema,
) {
  const string = { type: 'string' };
  const only = (value: string) => ({ type: 'string', enum: [value] });
  return {
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      // The version of the envelope itself. Another version would have another shape.
      version: only('0'),
      id: string,
      'detail-type': detailType === undefined ? string : only(detailType),
      source: only(source),
      account: { type: 'string', pattern: '^[0-9]{12}$' },
      time: { type: 'string', format: 'date-time' },
      region: string,
      resources: { type: 'array', items: string },
      detail,
    },
  };
}

/**
 * An event as EventBridge delivers it, for documents and tests.
 *
 * @param detail by default, the first example of the schema
 */
export const exampleEvent = (
  { source, detailType, detail: schema }: ContractEvent,
  detail: unknown = schema.examples?.[0],
) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': detailType,
  source,
  account: '123456789012',
  time: '2026-01-31T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});
