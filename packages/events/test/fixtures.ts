import { schemasDir } from '@orders/contract';
import { readSchemas } from '../scripts/schemas.ts';
import * as orders from '../src/index.ts';
import { fixtures as all, makeOrderPlaced } from '../src/testing.ts';

const exported = new Map<string, unknown>(Object.entries(orders));

/** The events of today, each with its parser. */
export const schemas = readSchemas(schemasDir).map((event) => ({
  ...event,
  detailType: event.detailType as orders.DetailType,
  parse: exported.get(`parse${event.typeName}`) as (event: unknown) => { detail: unknown },
}));

/** The fixtures of one event, each with what is special about it. */
export const fixtures = (
  detailType: orders.DetailType,
  kind: 'valid' | 'invalid',
): [name: string, detail: unknown][] =>
  Object.entries(all[detailType][kind]).map(([name, detail]) => [name.replaceAll('-', ' '), detail]);

/** A valid envelope around any detail, valid or not. */
export const envelope = (detailType: orders.DetailType, detail: unknown) => ({
  ...makeOrderPlaced(),
  'detail-type': detailType,
  detail,
});

export const order = {
  orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
  category: 'office-supplies',
  location: 'eu-west',
  value: 300,
};
