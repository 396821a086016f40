import type { JsonSchema } from '@orders/contract';
import { describeSchema } from '@orders/schema-compatibility';
import type { Party, Rule } from './topology.ts';

/** "the function `orders-persister`" */
export const describeParty = ({ kind, name }: Party) => `the ${kind} \`${name}\``;

/** A rule's conditions on the detail, in words; undefined when it takes every such event. */
export function describeFilter({ pattern }: Rule): string | undefined {
  const conditions = Object.entries(pattern.detail ?? {}).map(([field, allowed]) => {
    const alternatives = Array.isArray(allowed) ? allowed.map(describeMatcher) : [undefined];
    return alternatives.includes(undefined)
      ? `\`${field}\` matches \`${JSON.stringify(allowed)}\``
      : `\`${field}\` ${alternatives.join(' or ')}`;
  });
  return conditions.length > 0 ? conditions.join(' and ') : undefined;
}

function describeMatcher(matcher: unknown): string | undefined {
  if (typeof matcher !== 'object' || matcher === null) return `is \`${JSON.stringify(matcher)}\``;
  const [[name, operand] = ['', undefined], ...others] = Object.entries(matcher);
  if (others.length > 0) return undefined;
  if (name === 'prefix' && typeof operand === 'string') return `starts with \`${operand}\``;
  if (name !== 'anything-but' || typeof operand !== 'object') return undefined;
  const prefixes = [(operand as { prefix?: unknown } | null)?.prefix].flat();
  if (!prefixes.every((prefix) => typeof prefix === 'string')) return undefined;
  return `starts with none of ${prefixes.map((prefix) => `\`${prefix}\``).join(', ')}`;
}

/** A field of a detail, at any depth. */
export interface Field {
  /** `OrderDetails.category` */
  path: string;
  required: boolean;
  schema: JsonSchema;
}

/** The fields of a schema, each before the fields inside it. */
export const fieldsOf = (schema: JsonSchema, prefix = ''): Field[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    { path: prefix + name, required: schema.required?.includes(name) ?? false, schema: property },
    ...fieldsOf(property, `${prefix}${name}.`),
  ]);

/** The type and the limits of a field, in Markdown: "a string of at most 64 characters, matching `^[a-z]+$`". */
export const describeType = (schema: JsonSchema) => describeSchema(schema, (code) => `\`${code}\``);
