import type { Keywords } from '@orders/schema-compatibility';
import { checkPattern, type EventSchema, eventSchemaOf } from '../../src/can-match/index.ts';
import { parsePattern } from '../../src/index.ts';

/** An event in an envelope of a few fields. A `$ref` of its detail is relative to the whole event. */
export function eventOf(
  source: string,
  name: string,
  detail: Keywords,
  definitions: Keywords = {},
): EventSchema {
  const string = { type: 'string' };
  return eventSchemaOf(name, {
    type: 'object',
    required: ['detail-type', 'source', 'account', 'resources', 'detail'],
    properties: {
      'detail-type': { enum: [name] },
      source: { enum: [source] },
      account: string,
      resources: { type: 'array', items: string },
      detail,
      'replay-name': string,
    },
    definitions,
  });
}

export const source = 'shop';
export const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';

const id = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', examples: [uuid] };
const item = {
  type: 'object',
  required: ['category', 'location', 'value'],
  properties: {
    category: {
      type: 'string',
      maxLength: 64,
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
      examples: ['office-supplies'],
    },
    location: {
      type: 'string',
      maxLength: 32,
      pattern: '^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$',
      examples: ['eu-west', 'us-east-1'],
    },
    value: { type: 'number', minimum: 0.000001, maximum: 5_000_000_000, examples: [300, 19.99] },
  },
};
const itemWithId = {
  type: 'object',
  required: ['itemId', ...item.required],
  properties: { itemId: id, ...item.properties },
};

/** The events of a shop: two have the same detail, and the third has an optional field and an object. */
export const shop: readonly EventSchema[] = [
  eventOf(source, 'Item Removed', itemWithId),
  eventOf(source, 'Item Added', itemWithId),
  eventOf(source, 'Cart Closed', {
    type: 'object',
    required: ['Details'],
    properties: { CartId: id, Details: item },
  }),
];

/** The faults of a pattern; none for one that can match. */
export const faults = (pattern: object, events: readonly EventSchema[] = shop): string[] =>
  checkPattern(parsePattern(JSON.stringify(pattern)), events);

/** The pattern of one event of the shop. */
export const ofEvent = (detailType: string, detail?: object) => ({
  source: [source],
  'detail-type': [detailType],
  ...(detail && { detail }),
});
export const added = (detail?: object) => ofEvent('Item Added', detail);
export const closed = (detail?: object) => ofEvent('Cart Closed', detail);
export const everyEvent = (detail: object) => ({ source: [source], detail });
