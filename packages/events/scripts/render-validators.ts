import { annotations, envelopeOf } from '@orders/contract';
import { createAjv, innerSchemas, runtimeModules } from '@orders/schema-compatibility';
import type { SchemaObject } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import type { EventSchema } from './schemas.ts';
import { withDiscriminators } from './tagged-unions.ts';

/**
 * The validators as one ES module that imports nothing: `envelope` for the envelope of every event, whatever its
 * detail-type and detail, and `<name>Detail` for the detail of each event.
 *
 * Ajv's standalone ESM still contains `require(...)` of its own run-time helpers (ajv #2209), so the code is
 * bundled here, at generation, and the result runs anywhere.
 */
export async function renderValidators(
  events: EventSchema[],
  source: string,
): Promise<Record<string, string>> {
  const exports = ['envelope', ...events.map(({ codeName }) => `${codeName}Detail`)];
  const ajv = createAjv({
    allErrors: true,
    messages: false,
    strict: true,
    // Whoever read the events has checked their schemas.
    validateSchema: false,
    schemas: [
      { ...envelopeOf({ source }, {}), $id: 'envelope' },
      ...events.map(
        (event): SchemaObject => ({
          ...(withDiscriminators(event.detail) as SchemaObject),
          $id: `${event.codeName}Detail`,
        }),
      ),
    ],
    keywords: annotations,
    discriminator: true,
    // Costs a call for each field, so only where a field has a name that every object inherits.
    ownProperties: events.some(({ detail }) => hasInheritedName(detail)),
    code: { source: true, esm: true, lines: true },
  });
  const code = standaloneCode.default(ajv, Object.fromEntries(exports.map((name) => [name, name])));
  const bundle = await build({
    stdin: { contents: withShortFindings(countingLate(code)), resolveDir: import.meta.dirname },
    bundle: true,
    alias: runtimeModules,
    format: 'esm',
    target: 'es2022',
    write: false,
    minify: true,
  });
  const declarations = exports.map((name) => `export declare const ${name}: Validator;`);
  return {
    'validators.js': bundle.outputFiles[0]?.text ?? '',
    'validators.d.ts': `import type { Validator } from '../validator.ts';\n${declarations.join('\n')}\n`,
  };
}

/**
 * Ajv counts the code points of every string with a maxLength. There are never more of them than UTF-16 units, so a
 * string that is short in those needs no count.
 */
const countingLate = (code: string) =>
  code.replace(/(func\d+)\((data\d+)\) > (\d+)/g, '$2.length > $3 && $1($2) > $3');

/** A finding of Ajv in the code: `schemaPath:"…",keyword:"…",params:{…}`. A brace may be part of a string. */
const finding = /schemaPath:"(?:\\.|[^"\\])*",keyword:"\w+",params:(\{(?:[^"{}]|"(?:\\.|[^"\\])*")*\})/g;

/** The parser reports the path of a finding and the name of a field or a tag, and has its own words for the rest. */
const withShortFindings = (code: string) =>
  code.replace(finding, (_, params: string) => {
    if (/^\{.*(missing|additional)Property:/.test(params)) return `params:${params}`;
    const [, tag] = /, ?tag: ?("(?:\\.|[^"\\])*"), ?tagValue:/.exec(params) ?? [];
    return tag === undefined ? 'params:{}' : `params:{tag:${tag}}`;
  });

/** Whether a schema names a field as `Object.prototype` names its members: `constructor`, `toString` and so on. */
function hasInheritedName(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] };
  return (
    [...Object.keys(properties), ...required].some((name) => name in Object.prototype) ||
    [...innerSchemas(schema)].some(([, inner]) => hasInheritedName(inner))
  );
}
