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
  /** The detail-type as one word, as EventBridge names a schema that it discovers: `OrderPlaced`. */
  name: string;
  /** EventBridge's `source`, from `x-amazon-events-source`. */
  source: string;
  /** EventBridge's `detail-type`, from `x-amazon-events-detail-type`. */
  detailType: string;
  /** The function or workflow of the stack that publishes it, from `x-published-by`. */
  publishedBy: string;
  /** The schema of the event's `detail`. */
  detail: JsonSchema;
}

/** The contract of this repository. */
export const schemasDir = resolve(import.meta.dirname, '../../../schemas');

/**
 * Reads the events of a schema folder, in the order of their file names. It doesn't check the schemas themselves:
 * `validateContract` does.
 *
 * @throws an Error that names the file for one that can't be read, isn't JSON, isn't an object, or lacks its source,
 *   detail-type or publisher; for two files with the same detail-type; for an empty folder
 */
export function readContract(dir = schemasDir): ContractEvent[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.json'));
  if (files.length === 0) {
    throw new Error(
      `${dir}: received a folder without *.json files; the contract has one schema for each event`,
    );
  }
  const byDetailType = new Map<string, ContractEvent>();
  for (const file of files.sort()) {
    const event = toContractEvent(basename(file, '.json'), readSchema(dir, file));
    const other = byDetailType.get(event.detailType);
    if (other) {
      throw new Error(
        `schemas/${file}: its x-amazon-events-detail-type is "${event.detailType}", and so is that of ` +
          `schemas/${other.id}.json; every event needs one of its own`,
      );
    }
    byDetailType.set(event.detailType, event);
  }
  return [...byDetailType.values()];
}

/** The most characters of a detail-type that PutEvents takes. */
const maxDetailType = 128;

/**
 * Makes an event of a schema.
 *
 * @param id the name of the schema's file, without its ending
 * @throws an Error that names the file, for a schema that lacks its source, detail-type or publisher
 */
export function toContractEvent(id: string, detail: JsonSchema): ContractEvent {
  const file = `${id}.json`;
  const annotation = (keyword: string): string => {
    const value = detail[keyword];
    if (typeof value === 'string' && value !== '') return value;
    throw new Error(
      `schemas/${file}: ${keyword} is ${JSON.stringify(value) ?? 'missing'}, allowed is a name: a string that isn't empty`,
    );
  };
  const detailType = annotation('x-amazon-events-detail-type');
  if (detailType.length > maxDetailType) {
    throw new Error(
      `schemas/${file}: x-amazon-events-detail-type has ${detailType.length} characters, EventBridge takes ${maxDetailType}`,
    );
  }
  return {
    id,
    name: oneWord(detailType),
    source: annotation('x-amazon-events-source'),
    detailType,
    publishedBy: annotation('x-published-by'),
    detail,
  };
}

function readSchema(dir: string, file: string): JsonSchema {
  let text: string;
  try {
    text = readFileSync(join(dir, file), 'utf8');
  } catch (error) {
    throw new Error(`schemas/${file}: can't be read: ${(error as Error).message}`, { cause: error });
  }
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new Error(`schemas/${file}: not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  const received = JSON.stringify(schema).slice(0, 60);
  throw new Error(`schemas/${file}: not a JSON Schema: received ${received}, allowed is an object`);
}

const oneWord = (detailType: string) =>
  detailType
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
