import type { SchemaObject } from 'ajv';

/**
 * Says in words what a schema allows, for the schema itself and each of its properties.
 *
 * @returns JSON Pointer to sentence part: `{ '/value': 'a number, at least 0.000001, at most 5000000000, such as 300' }`
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
  return describeKind(schema) + describeExample(schema.examples);
}

function describeKind(schema: SchemaObject): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.map((value: unknown) => JSON.stringify(value)).join(', ')}`;
  switch (schema.type) {
    case 'string':
      return withLimits('a string', schema, {
        minLength: (limit) => `of at least ${limit} characters`,
        maxLength: (limit) => `of at most ${limit} characters`,
        pattern: (pattern) => `matching ${pattern}`,
      });
    case 'integer':
    case 'number':
      return withLimits(schema.type === 'integer' ? 'a whole number' : 'a number', schema, {
        minimum: (limit) => `at least ${limit}`,
        exclusiveMinimum: (limit) => `above ${limit}`,
        maximum: (limit) => `at most ${limit}`,
        exclusiveMaximum: (limit) => `below ${limit}`,
      });
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

/** The kind, and what each of its keywords asks: `a string, of at most 64 characters, matching ^[a-z]+$`. */
function withLimits(
  kind: string,
  schema: SchemaObject,
  words: Record<string, (limit: unknown) => string>,
): string {
  const limits = Object.entries(words).flatMap(([keyword, say]) =>
    schema[keyword] === undefined ? [] : [say(schema[keyword])],
  );
  return [kind, ...limits].join(', ');
}

function describeExample(examples: unknown): string {
  const [first] = Array.isArray(examples) ? (examples as unknown[]) : [];
  return first === undefined || typeof first === 'object' ? '' : `, such as ${JSON.stringify(first)}`;
}
