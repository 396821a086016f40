import type { JsonSchema } from '@orders/contract';

/** The keywords that mean the same in draft-04 and draft-07 and contain no schema. */
const same = new Set(
  'title description default type required enum format pattern minLength maxLength minimum maximum multipleOf minItems maxItems uniqueItems minProperties maxProperties'.split(
    ' ',
  ),
);
/** Keywords that draft-04 lacks and that don't change which events are valid. */
const silent = new Set(['$schema', '$id', '$comment', 'examples']);

/**
 * Translates a draft-07 schema to draft-04. Both accept the same documents. It drops annotations that draft-04 lacks, and
 * our own (`x-…`).
 *
 * @param where the schema's name in errors: `schemas/order-placed.json`
 * @throws an Error that names a keyword which draft-04 can't express
 */
export function toDraft04(schema: JsonSchema, where: string): JsonSchema {
  const inner = (value: unknown, keyword: string): JsonSchema => {
    // Draft-04 has no boolean schemas.
    if (typeof value === 'boolean') return value ? {} : { not: {} };
    return toDraft04(value as JsonSchema, `${where}/${keyword}`);
  };
  const refuse = (keyword: string): never => {
    throw new Error(
      `${where}: ${keyword} is ${JSON.stringify(schema[keyword])}, which JSON Schema draft-04 can't express, and ` +
        "EventBridge's schema registry takes only draft-04. Use other keywords",
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
