import type { JsonSchema } from './contract.ts';

/** The keywords of draft-07 that draft-04 has with the same meaning, and that hold no schema. */
const same = new Set(
  'title description default type required enum format pattern minLength maxLength minimum maximum multipleOf minItems maxItems uniqueItems minProperties maxProperties'.split(
    ' ',
  ),
);
/** Those that draft-04 doesn't have, and that say nothing about which events are valid. */
const silent = new Set(['$schema', '$id', '$comment', 'examples']);

/**
 * A draft-07 schema in the words of draft-04: it accepts the same documents. Annotations that draft-04 doesn't
 * have are left out, those of our own (`x-…`) as well.
 *
 * @param where names the schema in errors: `schemas/order-placed.json`
 * @throws an Error that names the keyword for what draft-04 can't say
 */
export function toDraft04(schema: JsonSchema, where: string): JsonSchema {
  const inner = (value: unknown, keyword: string): JsonSchema => {
    // Draft-04 has no schemas that are booleans.
    if (typeof value === 'boolean') return value ? {} : { not: {} };
    return toDraft04(value as JsonSchema, `${where}/${keyword}`);
  };
  const refuse = (keyword: string): never => {
    throw new Error(
      `${where}: ${keyword} is ${JSON.stringify(schema[keyword])}, which JSON Schema draft-04, all that EventBridge's ` +
        'schema registry takes, has no words for. Say it with other keywords',
    );
  };

  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (silent.has(keyword) || keyword.startsWith('x-')) return [];
    if (same.has(keyword)) return [[keyword, value]];
    switch (keyword) {
      case 'const':
        return 'enum' in schema ? refuse(keyword) : [['enum', [value]]];
      case 'exclusiveMinimum':
      case 'exclusiveMaximum': {
        const bound = keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum';
        if (bound in schema) return refuse(keyword);
        return [
          [bound, value],
          [keyword, true],
        ];
      }
      case 'properties':
      case 'patternProperties':
        return [
          [keyword, mapValues(value as object, (name, property) => inner(property, `${keyword}/${name}`))],
        ];
      case 'additionalProperties':
        return [[keyword, typeof value === 'boolean' ? value : inner(value, keyword)]];
      case 'items':
        return Array.isArray(value) ? refuse(keyword) : [[keyword, inner(value, keyword)]];
      case 'not':
        return [[keyword, inner(value, keyword)]];
      case 'allOf':
      case 'anyOf':
      case 'oneOf':
        return [[keyword, (value as unknown[]).map((each, index) => inner(each, `${keyword}/${index}`))]];
      default:
        return refuse(keyword);
    }
  });
  return Object.fromEntries(entries);
}

const mapValues = (object: object, change: (name: string, value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));
