import { describeWithExample, type Schema } from '@orders/schema-compatibility';

/**
 * Says in words what a schema allows, for the schema itself and each of its properties.
 *
 * @returns the words by JSON Pointer: `{ '/value': 'a number at least 0.000001, at most 5000000000, such as 300' }`
 */
export function describeAllowed(schema: Schema, path = ''): Record<string, string> {
  const texts: Record<string, string> = { [path]: describeWithExample(schema) };
  const { properties = {} } = typeof schema === 'object' ? schema : {};
  for (const [name, property] of Object.entries(properties as object)) {
    const pointer = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    Object.assign(texts, describeAllowed(property, pointer));
  }
  return texts;
}
