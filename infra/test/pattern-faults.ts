import { source } from '@orders/events';
import { checkPattern } from '../src/contract/check-pattern.ts';
import { type EventSchema, readEventSchemas } from '../src/contract/event-schema.ts';

export const contract = readEventSchemas();

/** The faults that a pattern is refused for; none for one that passes. */
export function faults(pattern: object, events: readonly EventSchema[] = contract): string[] {
  try {
    checkPattern('rule Rule1', pattern, events);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

/** The pattern of one event of the contract. */
export const ofEvent = (detailType: string, detail?: object) => ({
  source: [source],
  'detail-type': [detailType],
  ...(detail && { detail }),
});
