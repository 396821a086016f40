import type { JsonSchema } from '@orders/contract';
import { mapInner, type Schema } from '@orders/schema-compatibility';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

/** Renders the TypeScript type of a detail. */
export async function renderType(schema: JsonSchema, typeName: string): Promise<string> {
  const declaration = await compile(toTypeInput(schema, typeName) as JSONSchema, typeName, {
    bannerComment: '',
    // The contract is open, but a misspelt field should have no type.
    additionalProperties: false,
    // A tuple for each length would refuse a plain array.
    ignoreMinAndMaxItems: true,
  });
  // Says which schema has a definition, and knows no name for it.
  return declaration
    .trim()
    .replace(/^ \*\s*\n \* This interface was referenced by .*\n(?: \* via the .*\n)?/gm, '');
}

/** The schema as the generator of types reads it best. */
function toTypeInput(schema: unknown, typeName: string): unknown {
  if (schema === true) return { tsType: 'unknown' };
  if (schema === false) return { tsType: 'never' };
  const { title, $id, $ref, definitions, format, description, ...rest } = schema as Record<string, unknown>;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [
      keyword,
      mapInner(keyword, value, (each) => toTypeInput(each, typeName) as Schema),
    ]),
  );
  const text = [description, format && `Format: ${format}.`].filter(Boolean).join('\n\n');
  return {
    // A title or an $id would name the type, and two events may have the same field or definition.
    ...inner,
    ...(text && { description: text.replaceAll('*/', '*\\/') }),
    ...($ref !== undefined && {
      $ref: String($ref).replace(/^#\/definitions\//, `#/definitions/${typeName}`),
    }),
    ...(definitions !== undefined && {
      definitions: Object.fromEntries(
        Object.entries(definitions as object).map(([name, each]) => [
          `${typeName}${name}`,
          toTypeInput(each, typeName),
        ]),
      ),
    }),
    // An object that declares no fields is a map.
    ...(rest.type === 'object' && !('properties' in rest) && !('additionalProperties' in rest)
      ? { additionalProperties: true }
      : {}),
  };
}
