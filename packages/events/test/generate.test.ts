import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { renderContracts, renderEvents, renderTesting } from '../scripts/render-events.ts';
import { renderValidators } from '../scripts/render-validators.ts';
import { readFixtures, readSchemas } from '../scripts/schemas.ts';
import { schemasDir } from './fixtures.ts';

const packageDir = resolve(import.meta.dirname, '..');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-events-'));
  cpSync(schemasDir, join(dir, 'schemas'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const schemaPath = (file: string) => join(dir, 'schemas', file);
function editSchema(file: string, edit: (text: string) => string) {
  writeFileSync(schemaPath(file), edit(readFileSync(schemaPath(file), 'utf8')));
}

/** Generates from the edited schemas into a copy of the package's source, and type-checks `consumer` against it. */
async function compileConsumer(consumer: string): Promise<string[]> {
  const schemas = await readSchemas(join(dir, 'schemas'));
  const src = join(dir, 'src');
  cpSync(join(packageDir, 'src'), src, { recursive: true });
  mkdirSync(join(src, 'generated'), { recursive: true });
  const files = {
    ...(await renderValidators(schemas)),
    'contracts.ts': renderContracts(schemas),
    'events.ts': await renderEvents(schemas),
    'testing.ts': renderTesting(schemas, await readFixtures(join(dir, 'schemas'), schemas)),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(src, 'generated', name), text);
  symlinkSync(join(packageDir, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(dir, 'consumer.ts'), consumer);

  const config = ts.parseConfigFileTextToJson(
    'tsconfig.base.json',
    readFileSync(resolve(packageDir, '../../tsconfig.base.json'), 'utf8'),
  );
  const { options } = ts.convertCompilerOptionsFromJson(config.config.compilerOptions, dir);
  const program = ts.createProgram([join(dir, 'consumer.ts')], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

const consumer = `
import type { OrderPlacedEvent } from './src/index.ts';
import { pattern } from './src/index.ts';
export const total = (event: OrderPlacedEvent): number => event.detail.value;
export const rule = pattern('Order Placed', { value: [{ numeric: ['>', 100] }] });
`;

describe('generate', () => {
  test('gives types that a consumer compiles against', async () => {
    await expect(compileConsumer(consumer)).resolves.toEqual([]);
  });

  test('a renamed field stops the consumer and the rule that still use the old name', async () => {
    editSchema('order-placed.json', (text) => text.replaceAll('"value"', '"amount"'));
    const errors = await compileConsumer(consumer);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain("Property 'value' does not exist on type 'OrderPlaced'");
    expect(errors[1]).toContain("'value' does not exist in type 'DetailPattern<OrderPlaced>'");
  });

  test('twice from the same schemas gives the same bytes', async () => {
    const schemas = await readSchemas(schemasDir);
    expect(await renderEvents(schemas)).toBe(await renderEvents(schemas));
    expect(await renderValidators(schemas)).toEqual(await renderValidators(schemas));
  });

  test.each([
    ['', true],
    ['abc', true],
    ['😀😀😀', true],
    ['abcd', false],
    ['😀😀😀😀', false],
    ['😀😀ab', false],
  ])('gives validators that count code points: %j within 3 is %j', async (category, fits) => {
    editSchema('order-placed.json', (text) => {
      const schema = JSON.parse(text) as { properties: { category: object } };
      schema.properties.category = { type: 'string', maxLength: 3 };
      return JSON.stringify(schema);
    });
    const { 'validators.js': code } = await renderValidators(await readSchemas(join(dir, 'schemas')));
    expect(code).toMatch(/\.length>3&&/);
    const order = {
      orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
      category,
      location: 'eu-west',
      value: 1,
    };
    const url = `data:text/javascript,${encodeURIComponent(code ?? '')}`;
    const { execFileSync } = await import('node:child_process');
    const out = execFileSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `const v = await import(${JSON.stringify(url)}); console.log(v.orderPlacedDetail(${JSON.stringify(order)}))`,
    ]);
    expect(out.toString().trim()).toBe(String(fits));
  });

  test('gives validators that import and require nothing', async () => {
    const { 'validators.js': code } = await renderValidators(await readSchemas(schemasDir));
    const [file] = ts.preProcessFile(code ?? '').importedFiles;
    expect(file).toBeUndefined();
    // What plain Node makes of the module, outside of any test runner's module system.
    const url = `data:text/javascript,${encodeURIComponent(code ?? '')}`;
    const { execFileSync } = await import('node:child_process');
    const out = execFileSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `const v = await import(${JSON.stringify(url)}); console.log(v.orderPlacedDetail({}), v.orderPlacedDetail.errors.length)`,
    ]);
    expect(out.toString().trim()).toBe('false 4');
  });
});

describe('a bad schema folder is refused, and the message says which file', () => {
  test.each<[string, (text: string) => string, string]>([
    [
      'a misspelt keyword',
      (t) => t.replace('"maximum"', '"maximun"'),
      'schemas/order-placed.json: strict mode: unknown keyword: "maximun"',
    ],
    [
      'a pattern that is none',
      (t) => t.replace('(-[a-z0-9]+)*$', '(-[a-z0-9]+*$'),
      'schemas/order-placed.json: Invalid regular expression',
    ],
    [
      'a required field that is not declared',
      (t) => t.replace('"value": {', '"price": {'),
      'schemas/order-placed.json: strict mode: required property "value" is not defined',
    ],
    [
      "an id that is not the file's name",
      (t) => t.replace('"order-placed"', '"order-place"'),
      'schemas/order-placed.json: $id is "order-place"; it must be "order-placed"',
    ],
    ['a file that is not JSON', () => '{', 'schemas/order-placed.json: not JSON: '],
    ['a file that is not an object', () => '[]', 'schemas/order-placed.json: not a JSON Schema: received []'],
    [
      'a file that is not a schema',
      (t) => t.replace('"object"', '"thing"'),
      'schemas/order-placed.json: not a draft-07 JSON Schema: ',
    ],
    [
      'a schema of another type',
      (t) => t.replace('"type": "object"', '"type": "array"'),
      'schemas/order-placed.json: type is "array"',
    ],
    [
      'a schema with no source',
      (t) => t.replace('"x-amazon-events-source": "com.aws.orders",', ''),
      'schemas/order-placed.json: x-amazon-events-source is missing',
    ],
    [
      'a schema that is nested too deeply',
      (t) => t.replace('"value": {', `"deep": ${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)},"value": {`),
      "schemas/order-placed.json: can't be read: Maximum call stack size exceeded",
    ],
    [
      'two schemas with the same detail-type',
      (t) =>
        t.replace(
          '"x-amazon-events-detail-type": "Order Placed"',
          '"x-amazon-events-detail-type": "Order Processed"',
        ),
      'schemas/order-processed.json: its x-amazon-events-detail-type is "Order Processed", and so is that of schemas/order-placed.json',
    ],
  ])('%s', async (_, edit, message) => {
    editSchema('order-placed.json', edit);
    await expect(readSchemas(join(dir, 'schemas'))).rejects.toThrow(message);
  });

  test('a folder in the place of a file', async () => {
    mkdirSync(join(dir, 'schemas/order-returned.json'));
    await expect(readSchemas(join(dir, 'schemas'))).rejects.toThrow(
      "schemas/order-returned.json: can't be read: EISDIR",
    );
  });
});
