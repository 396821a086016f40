import { describeWithExample } from '@orders/schema-compatibility';
import type { SchemaObject } from 'ajv';

/**
 * Says in words what a schema allows, for the schema itself and each of its properties.
 *
 * @returns the words by JSON Pointer: `{ '/value': 'a number at least 0.000001, at most 5000000000, such as 300' }`
 */
export function describeAllowed(schema: SchemaObject, path = ''): Record<string, string> {
  const texts: Record<string, string> = { [path]: describeWithExample(schema) };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const pointer = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    Object.assign(texts, describeAllowed(property as SchemaObject, pointer));
  }
  return texts;
}
