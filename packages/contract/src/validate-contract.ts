import { createAjv, innerSchemas, keywords } from '@orders/schema-compatibility';
import type { ContractEvent } from './read-contract.ts';
import { referenceCycle } from './reference-cycle.ts';

/** The keywords of a schema file that aren't JSON Schema's. */
export const annotations = [
  'x-amazon-events-source',
  'x-amazon-events-detail-type',
  'x-published-by',
  'x-compatibility',
  'x-not-carried',
];

/**
 * Checks that each event's schema is a draft-07 schema of an object, strictly: no unknown keyword, no required field that
 * isn't declared, and an `$id` and a file name that agree.
 *
 * @returns the same events
 * @throws an Error that names the file and the place, and says what is allowed
 */
export function validateContract(events: ContractEvent[]): ContractEvent[] {
  for (const event of events) {
    const fault = faultOf(event);
    if (fault !== undefined) throw new Error(`schemas/${event.id}.json: ${fault}`);
  }
  return events;
}

const options = { strict: true, keywords: annotations };
/** Compiles the schema of draft-07 once, which takes longer than to compile an event's. */
const draft07 = createAjv(options);

function faultOf({ id, detail }: ContractEvent): string | undefined {
  if (!/^[a-z]+(-[a-z0-9]+)*$/.test(id)) {
    return 'allowed is a file name of lower-case words joined by hyphens, such as order-placed.json or order-placed-v2.json';
  }
  try {
    if (!draft07.validateSchema(detail)) return `not a draft-07 JSON Schema: ${draft07.errorsText()}`;
    if (detail.type !== 'object') {
      return `type is ${JSON.stringify(detail.type) ?? 'missing'}, allowed is "object"; the detail of an event is an object`;
    }
    if (detail.$id !== id)
      return `$id is ${JSON.stringify(detail.$id) ?? 'missing'}; it must be "${id}", as the file`;
    const fault = faultIn(detail, '');
    if (fault !== undefined) return fault;
    const cycle = referenceCycle(detail);
    if (cycle) {
      return `${cycle.pointer}: ${cycle.ref} leads back to itself; allowed is a cycle with a field or an item in between`;
    }
    // An instance of its own, because two events may have the same `$id` inside.
    createAjv({ ...options, validateSchema: false }).compile(detail);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Assigning the first sets a prototype, and the generator of types calls the second. */
const unusableNames = ['__proto__', 'hasOwnProperty'];

/** The first fault of a schema or of the schemas inside it, with its JSON Pointer. */
function faultIn(schema: unknown, pointer: string): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] };
  const unusable = unusableNames.find((name) => Object.hasOwn(properties, name) || required.includes(name));
  if (unusable !== undefined) {
    return `${pointer}/properties has the field "${unusable}", which JavaScript tools take for their own; use another name`;
  }
  const unknown = Object.keys(schema as object).find(
    (one) => !keywords.has(one) && !annotations.includes(one),
  );
  if (unknown !== undefined) return `${pointer}/${unknown}: ${whyUnknown(unknown)}`;
  for (const [inner, each] of innerSchemas(schema as object)) {
    const fault = faultIn(each, pointer + inner);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Keywords of other drafts and dialects, and what draft-07 has instead. */
const instead: Record<string, string> = {
  nullable: 'write "type": ["string", "null"]',
  $defs: 'use "definitions"',
  deprecated: 'say so in the description',
  dependentRequired: 'use "dependencies"',
  dependentSchemas: 'use "dependencies"',
  prefixItems: 'use "items" with a list',
  unevaluatedProperties: 'use "additionalProperties"',
};

function whyUnknown(keyword: string): string {
  const way = Object.hasOwn(instead, keyword) ? `; ${instead[keyword]}` : '';
  return `unknown keyword${way}. Allowed are those of draft-07: ${[...keywords.keys()].join(', ')}`;
}
