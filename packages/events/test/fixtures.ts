import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type DetailType,
  parseOrderDispatched,
  parseOrderPlaced,
  parseOrderProcessed,
  source,
} from '../src/index.ts';

export const schemasDir = resolve(import.meta.dirname, '../../../schemas');

export const parsers: { [T in DetailType]: (event: unknown) => { detail: unknown } } = {
  'Order Placed': parseOrderPlaced,
  'Order Processed': parseOrderProcessed,
  'Order Dispatched': parseOrderDispatched,
};
export const detailTypeList = Object.keys(parsers) as DetailType[];

/** The fixtures of one event, by name. */
export function fixtures(
  detailType: DetailType,
  kind: 'valid' | 'invalid',
): [name: string, detail: unknown][] {
  const dir = resolve(schemasDir, 'fixtures', detailType.toLowerCase().replace(' ', '-'), kind);
  return readdirSync(dir).map((file) => [
    file.replace('.json', '').replaceAll('-', ' '),
    JSON.parse(readFileSync(resolve(dir, file), 'utf8')),
  ]);
}

/** An event as EventBridge would deliver it. */
export const envelope = (detailType: DetailType, detail: unknown) => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': detailType,
  source,
  account: '123456789012',
  time: '2026-11-22T12:00:00Z',
  region: 'eu-west-1',
  resources: [] as string[],
  detail,
});

export const order = {
  orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
  category: 'office-supplies',
  location: 'eu-west',
  value: 300,
};
