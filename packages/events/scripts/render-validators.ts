import { Ajv, type SchemaObject } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { envelopeSchema } from './envelope.ts';
import { annotations, type EventSchema } from './schemas.ts';

/**
 * The validators as one ES module that imports nothing: `<name>Detail` and `<name>Event` for each event.
 *
 * Ajv's standalone ESM still contains `require(...)` of its own run-time helpers (ajv #2209), so the code is
 * bundled here, at generation, and what is written runs anywhere.
 */
export async function renderValidators(schemas: EventSchema[]): Promise<Record<string, string>> {
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    strict: true,
    schemas: schemas.flatMap((event): SchemaObject[] => [
      { ...event.schema, $id: detailId(event) },
      { ...envelopeSchema(event, { $ref: detailId(event) }), $id: eventId(event) },
    ]),
    keywords: annotations,
    code: { source: true, esm: true, lines: true },
  });
  const exports = Object.fromEntries(
    schemas.flatMap((event) => [
      [`${event.name}Detail`, detailId(event)],
      [`${event.name}Event`, eventId(event)],
    ]),
  );

  const bundle = await build({
    stdin: { contents: countingLate(standaloneCode.default(ajv, exports)), resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    minify: true,
  });
  const declarations = Object.keys(exports).map((name) => `export declare const ${name}: Validator;`);
  return {
    'validators.js': bundle.outputFiles[0]?.text ?? '',
    'validators.d.ts': `import type { Validator } from '../validate.ts';\n${declarations.join('\n')}\n`,
  };
}

/**
 * Ajv counts the code points of every text that has a maxLength. There are never more of them than UTF-16 units, so what
 * is short in those need not be counted.
 */
const countingLate = (code: string) =>
  code.replace(/(func\d+)\((data\d+)\) > (\d+)/g, '$2.length > $3 && $1($2) > $3');

const detailId = (event: EventSchema) => `detail:${event.name}`;
const eventId = (event: EventSchema) => `event:${event.name}`;
