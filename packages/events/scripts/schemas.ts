import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Ajv, type SchemaObject } from 'ajv';

/** The keywords of a schema file that are not JSON Schema's. */
export const annotations = [
  'x-amazon-events-source',
  'x-amazon-events-detail-type',
  'x-published-by',
  'x-compatibility',
];

/** One event of the contract: a schema file, read and checked. */
export interface EventSchema {
  /** The file's name, `order-placed.json`. */
  file: string;
  /** The file's name in camel case, the name of the event in code: `orderPlaced`. */
  name: string;
  /** The same in Pascal case, the name of the detail's type: `OrderPlaced`. */
  typeName: string;
  /** EventBridge's `source`, from `x-amazon-events-source`. */
  source: string;
  /** EventBridge's `detail-type`, from `x-amazon-events-detail-type`. */
  detailType: string;
  /** The JSON Schema of the event's `detail`. */
  schema: SchemaObject;
}

/**
 * Reads every schema of a folder, in the order of their names.
 *
 * @throws an Error that names the file for one that isn't JSON, isn't a draft-07 schema of an object, or has
 *   no source or detail-type; for two files with the same detail-type; for an empty folder.
 */
export async function readSchemas(dir: string): Promise<EventSchema[]> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.json')).sort();
  if (files.length === 0)
    throw new Error(`${dir}: no *.json file here; the contract is one schema per event`);

  const schemas = await Promise.all(files.map((file) => naming(file, readSchema(dir, file))));
  const byDetailType = new Map<string, EventSchema>();
  for (const schema of schemas) {
    const other = byDetailType.get(schema.detailType);
    if (other) {
      throw new Error(
        `schemas/${schema.file}: its x-amazon-events-detail-type is "${schema.detailType}", and so is that of ` +
          `schemas/${other.file}; every event needs one of its own`,
      );
    }
    byDetailType.set(schema.detailType, schema);
  }
  return schemas;
}

/** Details by detail-type, and by the name of their file. */
export type Fixtures = Record<string, { valid: Record<string, unknown>; invalid: Record<string, unknown> }>;

/** Reads `fixtures/<event>/valid/*.json` and `fixtures/<event>/invalid/*.json` of a schema folder. */
export async function readFixtures(dir: string, schemas: readonly EventSchema[]): Promise<Fixtures> {
  const read = async (event: EventSchema, kind: string) => {
    const folder = join(dir, 'fixtures', basename(event.file, '.json'), kind);
    const files = (await readdir(folder)).sort();
    const details = files.map(async (file) => [
      basename(file, '.json'),
      JSON.parse(await readFile(join(folder, file), 'utf8')),
    ]);
    return Object.fromEntries(await Promise.all(details)) as Record<string, unknown>;
  };
  const entries = schemas.map(async (event) => [
    event.detailType,
    { valid: await read(event, 'valid'), invalid: await read(event, 'invalid') },
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Fixtures;
}

/** Names the file in an error that doesn't: one that can't be read, or that is nested too deeply for Ajv. */
async function naming<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith(`schemas/${file}: `)) throw error;
    throw new Error(`schemas/${file}: can't be read: ${message}`, { cause: error });
  }
}

async function readSchema(dir: string, file: string): Promise<EventSchema> {
  const fail = (what: string): never => {
    throw new Error(`schemas/${file}: ${what}`);
  };

  if (!/^[a-z]+(-[a-z]+)*\.json$/.test(file)) {
    fail('a schema file is named in lower-case words joined by hyphens, such as order-placed.json');
  }
  const text = await readFile(join(dir, file), 'utf8');
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return fail(`not a JSON Schema: received ${JSON.stringify(schema).slice(0, 60)}, allowed is an object`);
  }

  const ajv = new Ajv({ strict: true, keywords: annotations });
  if (!ajv.validateSchema(schema)) fail(`not a draft-07 JSON Schema: ${ajv.errorsText(ajv.errors)}`);
  const fields = schema as SchemaObject;
  if (fields.type !== 'object') {
    fail(
      `type is ${JSON.stringify(fields.type)}; the detail of an event is an object, so it must be "object"`,
    );
  }
  const annotation = (key: string): string => {
    const value: unknown = fields[key];
    if (typeof value === 'string' && value.length > 0) return value;
    return fail(`${key} is ${JSON.stringify(value) ?? 'missing'}; it must be a string that isn't empty`);
  };

  const id = basename(file, '.json');
  if (fields.$id !== id)
    fail(`$id is ${JSON.stringify(fields.$id) ?? 'missing'}; it must be "${id}", as the file`);
  try {
    ajv.compile(fields);
  } catch (error) {
    return fail((error as Error).message);
  }

  const words = id.split('-');
  const typeName = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return {
    file,
    name: typeName.charAt(0).toLowerCase() + typeName.slice(1),
    typeName,
    source: annotation('x-amazon-events-source'),
    detailType: annotation('x-amazon-events-detail-type'),
    schema: fields,
  };
}
