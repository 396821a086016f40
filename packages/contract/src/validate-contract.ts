import { formats } from '@orders/schema-compatibility';
import { Ajv } from 'ajv';
import type { ContractEvent } from './read-contract.ts';

/** The keywords of a schema file that aren't JSON Schema's. */
export const annotations = [
  'x-amazon-events-source',
  'x-amazon-events-detail-type',
  'x-published-by',
  'x-compatibility',
];

/**
 * Checks that each event's schema is a draft-07 schema of an object, strictly: no unknown keyword, no required field that
 * isn't declared, and an `$id` and a file name that agree.
 *
 * @returns the same events
 * @throws an Error that names the file and says what is allowed
 */
export function validateContract(events: ContractEvent[]): ContractEvent[] {
  for (const event of events) {
    const fault = faultOf(event);
    if (fault !== undefined) throw new Error(`schemas/${event.id}.json: ${fault}`);
  }
  return events;
}

function faultOf({ id, detail }: ContractEvent): string | undefined {
  if (!/^[a-z]+(-[a-z0-9]+)*$/.test(id)) {
    return 'allowed is a file name of lower-case words joined by hyphens, such as order-placed.json or order-placed-v2.json';
  }
  const ajv = new Ajv({ strict: true, keywords: annotations, formats });
  try {
    if (!ajv.validateSchema(detail)) return `not a draft-07 JSON Schema: ${ajv.errorsText(ajv.errors)}`;
    if (detail.type !== 'object') {
      return `type is ${JSON.stringify(detail.type) ?? 'missing'}, allowed is "object"; the detail of an event is an object`;
    }
    if (detail.$id !== id)
      return `$id is ${JSON.stringify(detail.$id) ?? 'missing'}; it must be "${id}", as the file`;
    ajv.compile(detail);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
