import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** A JSON Schema, draft-07. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly examples?: readonly unknown[];
}

/** An event of the contract: a file of `schemas/`. */
export interface ContractEvent {
  /** The file's name without its ending: `order-placed`. */
  id: string;
  /** The detail-type as one word: `OrderPlaced`. */
  name: string;
  source: string;
  detailType: string;
  /** Who publishes it, by its schema: the name of a function or a workflow in the stack. */
  publishedBy: string;
  /** The schema of the event's `detail`. */
  detail: JsonSchema;
}

/** The contract of this repository. */
export const schemasDir = resolve(import.meta.dirname, '../../../schemas');

/**
 * Reads the events of a schema folder, in the order of their files. That the schemas are right in themselves,
 * `pnpm generate` has checked.
 *
 * @throws an Error that names the file which doesn't say of which event it is, or who publishes it
 */
export function readContract(dir = schemasDir): ContractEvent[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const detail: JsonSchema = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    const annotation = (keyword: string): string => {
      const value = detail[keyword];
      if (typeof value === 'string' && value !== '') return value;
      throw new Error(
        `schemas/${file}: ${keyword} is ${JSON.stringify(value) ?? 'missing'}, allowed is a name`,
      );
    };
    const detailType = annotation('x-amazon-events-detail-type');
    return {
      id: basename(file, '.json'),
      name: oneWord(detailType),
      source: annotation('x-amazon-events-source'),
      detailType,
      publishedBy: annotation('x-published-by'),
      detail,
    };
  });
}

/**
 * The schema of the whole event as EventBridge delivers it: its envelope, around the given detail.
 *
 * It uses only what draft-04 and draft-07 have in common.
 */
export function envelopeOf(
  { source, detailType }: Pick<ContractEvent, 'source' | 'detailType'>,
  detail: JsonSchema,
) {
  const string = { type: 'string' };
  return {
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      version: { type: 'string', enum: ['0'] },
      id: string,
      'detail-type': { type: 'string', enum: [detailType] },
      source: { type: 'string', enum: [source] },
      account: { type: 'string', pattern: '^[0-9]{12}$' },
      time: { type: 'string', format: 'date-time' },
      region: string,
      resources: { type: 'array', items: string },
      detail,
    },
  };
}

/** As EventBridge makes it when it discovers a schema: "Order Placed" is OrderPlaced. */
const oneWord = (detailType: string) =>
  detailType
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
