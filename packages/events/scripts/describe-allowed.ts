import type { SchemaObject } from 'ajv';

/**
 * Says in words what a schema allows, for the schema itself and each of its properties.
 *
 * @returns JSON Pointer to sentence part: `{ '/value': 'a number from 0.000001 to 5000000000, such as 300' }`
 */
export function describeAllowed(schema: SchemaObject, path = ''): Record<string, string> {
  const texts: Record<string, string> = { [path]: describe(schema) };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const pointer = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    Object.assign(texts, describeAllowed(property as SchemaObject, pointer));
  }
  return texts;
}

function describe(schema: SchemaObject): string {
  return kind(schema) + such(schema.examples);
}

function kind(schema: SchemaObject): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.map((value: unknown) => JSON.stringify(value)).join(', ')}`;
  switch (schema.type) {
    case 'string': {
      const limits = [
        schema.minLength === undefined ? [] : [`at least ${schema.minLength} characters`],
        schema.maxLength === undefined ? [] : [`at most ${schema.maxLength} characters`],
        schema.pattern === undefined ? [] : [`matching ${schema.pattern}`],
      ].flat();
      return limits.length > 0
        ? `a string of ${limits.join(', ')}`.replace('of matching', 'matching')
        : 'a string';
    }
    case 'integer':
    case 'number': {
      const limits = [
        schema.minimum === undefined ? [] : [`at least ${schema.minimum}`],
        schema.exclusiveMinimum === undefined ? [] : [`above ${schema.exclusiveMinimum}`],
        schema.maximum === undefined ? [] : [`at most ${schema.maximum}`],
        schema.exclusiveMaximum === undefined ? [] : [`below ${schema.exclusiveMaximum}`],
      ].flat();
      return [schema.type === 'integer' ? 'a whole number' : 'a number', ...limits].join(', ');
    }
    case 'object':
      return schema.required?.length ? `an object with ${schema.required.join(', ')}` : 'an object';
    case 'array':
      return schema.items && !Array.isArray(schema.items)
        ? `an array, each item ${describe(schema.items)}`
        : 'an array';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      return `what fits ${JSON.stringify({ ...schema, title: undefined, description: undefined, examples: undefined })}`;
  }
}

function such(examples: unknown): string {
  const [first] = Array.isArray(examples) ? (examples as unknown[]) : [];
  return first === undefined || typeof first === 'object' ? '' : `, such as ${JSON.stringify(first)}`;
}
