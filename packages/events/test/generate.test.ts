import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { readFixtures } from '../scripts/fixtures.ts';
import { render } from '../scripts/render-events.ts';
import { readSchemas } from '../scripts/schemas.ts';
import { createContract, type Json, type TestContract } from './contract.ts';
import { compileTypeScript } from './type-check.ts';

const packageDir = resolve(import.meta.dirname, '..');
let contract: TestContract;
beforeEach(() => {
  contract = createContract();
});
afterEach(() => contract.delete());

const packed = 'schemas/parcel-packed.json';
const editText = (change: (text: string) => string) => contract.write(packed, change(contract.read(packed)));

/** Generates from the contract, and fails as `pnpm generate` fails. */
function generate(): Promise<Record<string, string>> {
  const events = readSchemas(contract.schemasDir);
  return render(events, readFixtures(contract.schemasDir, events));
}

/** A module of generated code, to import. */
const urlOf = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

type Validate = ((detail: unknown) => boolean) & { errors: object[] | null };

/** The generated validator of the details of Parcel Packed. */
async function validator(generated = generate()): Promise<Validate> {
  const { 'validators.js': code = '' } = await generated;
  const { parcelPackedDetail } = await import(urlOf(code));
  return parcelPackedDetail as Validate;
}

/**
 * Generates into a copy of the package's source, and type-checks `consumer` against it.
 *
 * @param types those of Node.js are most of what there is to read, and only the factories need them
 */
async function compileConsumer(consumer: string, types: string[] = []): Promise<string[]> {
  const src = contract.path('src');
  cpSync(join(packageDir, 'src'), src, { recursive: true });
  mkdirSync(join(src, 'generated'), { recursive: true });
  for (const [name, text] of Object.entries(await generate()))
    writeFileSync(join(src, 'generated', name), text);
  symlinkSync(join(packageDir, 'node_modules'), contract.path('node_modules'));
  contract.write('package.json', '{"type":"module"}');
  contract.write('consumer.ts', consumer);

  return compileTypeScript(contract.root, {
    extends: resolve(packageDir, '../../tsconfig.base.json'),
    compilerOptions: { types },
    files: ['consumer.ts'],
  });
}

const consumer = `
import type { ParcelPackedEvent } from './src/index.ts';
import { pattern } from './src/index.ts';
export const total = (event: ParcelPackedEvent): number => event.detail.weight;
export const rule = pattern('Parcel Packed', { weight: [{ numeric: ['>', 100] }] });
`;

describe('generate', () => {
  test('gives types that a consumer compiles against', async () => {
    await expect(compileConsumer(consumer)).resolves.toEqual([]);
  });

  test('a renamed field stops the consumer and the rule that still use the old name', async () => {
    editText((text) => text.replaceAll('"weight"', '"mass"'));
    const errors = await compileConsumer(consumer);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain("Property 'weight' does not exist on type 'ParcelPacked'");
    expect(errors[1]).toContain("'weight' does not exist in type 'DetailPattern<ParcelPacked>'");
  });

  test('gives the same bytes from the same schemas', async () => {
    expect(await generate()).toEqual(await generate());
  });

  test('gives validators that count code points', async () => {
    contract.edit(packed, ({ properties }: Json) => {
      properties.label = { type: 'string', maxLength: 3 };
    });
    const generated = generate();
    expect((await generated)['validators.js']).toMatch(/\.length>3&&/);
    const validate = await validator(generated);
    const fits = (label: string) => validate({ parcelId: 'parcel', weight: 1, label });
    expect(['', 'abc', '😀😀😀'].filter((label) => !fits(label))).toEqual([]);
    expect(['abcd', '😀😀😀😀', '😀😀ab'].filter(fits)).toEqual([]);
  });

  test('gives validators that import and require nothing, and run in plain Node.js', async () => {
    const { 'validators.js': code = '' } = await generate();
    const { metafile } = await build({
      stdin: { contents: code },
      ...({ bundle: true, write: false, metafile: true, external: ['*'] } as const),
    });
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    const script = `
      const { parcelPackedDetail } = await import(${JSON.stringify(urlOf(code))});
      console.log(parcelPackedDetail({}), parcelPackedDetail.errors.length);`;
    const args = ['--input-type=module', '--eval', script];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('false 2\n');
  });

  test('gives validators that report paths and names of fields, and no more', async () => {
    contract.edit(packed, ({ properties }: Json) => {
      properties.label = { type: 'string', pattern: '^[{"]$' };
    });
    const generated = generate();
    const validate = await validator(generated);
    expect(validate({ parcelId: 'parcel', label: 'a' })).toBe(false);
    expect(validate.errors).toEqual([
      { instancePath: '', params: { missingProperty: 'weight' } },
      { instancePath: '/label', params: {} },
    ]);
    expect((await generated)['validators.js']).not.toContain('schemaPath');
  });
});

describe('a generated validator', () => {
  const withField = (schema: unknown, more: object = {}) =>
    contract.edit(packed, (event: Json) => {
      Object.assign(event.properties, { field: schema }, more);
    });
  const details = (...fields: unknown[]) => fields.map((field) => ({ parcelId: 'parcel', weight: 1, field }));
  const verdicts = async (values: unknown[], generated = generate()) => {
    const validate = await validator(generated);
    return values.map((value) => validate(value));
  };

  test('takes decimals as they are written', async () => {
    withField({ type: 'number', multipleOf: 0.01 });
    const valid = [19.99, 0.07, 4.35, 1e21, 4_999_999_999.99, -0.1, 0];
    const invalid = [19.999, 0.001, 1e-7];
    expect(await verdicts(details(...valid, ...invalid))).toEqual([
      ...valid.map(() => true),
      ...invalid.map(() => false),
    ]);
  });

  test.each(['constructor', 'toString', 'valueOf', 'isPrototypeOf'])(
    'takes an event without an optional field %s, and refuses a wrong one',
    async (name) => {
      contract.edit(packed, ({ properties }: Json) => {
        properties[name] = { type: 'string' };
      });
      const detail = { parcelId: 'parcel', weight: 1 };
      expect(await verdicts([detail, { ...detail, [name]: 'a' }, { ...detail, [name]: 1 }])).toEqual([
        true,
        true,
        false,
      ]);
    },
  );

  test.each([
    [
      'uniqueItems',
      { type: 'array', uniqueItems: true },
      [{ toString: 1 }, { toString: 2 }],
      [{ valueOf: 1 }, { valueOf: 1 }],
    ],
    ['const', { const: { toString: 1 } }, { toString: 1 }, { toString: 2 }],
    ['enum', { enum: [{ valueOf: 1 }, 'a'] }, { valueOf: 1 }, { valueOf: 2 }],
  ])('compares values with inherited names by %s', async (_, schema, valid, invalid) => {
    withField(schema);
    expect(await verdicts(details(valid, invalid))).toEqual([true, false]);
  });

  test.each([
    ['date', '2024-02-29', '2026-02-29'],
    ['date-time', '2026-01-31T12:00:00.5+02:00', '2026-01-31 12:00:00'],
    ['email', 'a.b@example.com', 'a.b@'],
    ['ipv4', '127.0.0.1', '127.0.0.256'],
    ['ipv6', '::1', ':::1'],
    ['uri', 'https://example.com/a?b=c#d', 'example.com/a b'],
    ['uuid', '01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d'],
  ])('checks the format %s', async (format, valid, invalid) => {
    withField({ type: 'string', format });
    const generated = generate();
    expect(await verdicts(details(valid, invalid), generated)).toEqual([true, false]);
    const { 'events.ts': types, 'contracts.ts': words } = await generated;
    expect(types).toContain(`   * Format: ${format}.\n   */\n  field?: string;`);
    expect(words).toContain(`a string in the format ${format}`);
  });
});

describe('an event compiles', () => {
  test('whatever its file name, its detail-type, and the kinds of its fields', async () => {
    for (const id of ['class', 'contracts', 'parcel-sent-v2']) {
      const text = contract.read(packed).replace('"parcel-packed"', JSON.stringify(id));
      contract.write(`schemas/${id}.json`, text.replaceAll('Parcel Packed', `A */ ${id}`));
      contract.copy('schemas/fixtures/parcel-packed', `schemas/fixtures/${id}`);
      contract.edit(`schemas/${id}.json`, (event: Json) => {
        event.definitions = { money: { type: 'number', description: 'Cents */' } };
        Object.assign(event.properties, {
          any: true,
          never: false,
          map: { type: 'object' },
          tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 9 },
          price: { $ref: '#/definitions/money' },
        });
      });
    }
    const errors = await compileConsumer(
      `
import type { Class, Contracts, ParcelSentV2Event } from './src/index.ts';
import { onClass, parseContracts, parseParcelSentV2 } from './src/index.ts';
import { makeParcelSentV2 } from './src/testing.ts';
const tags: string[] = ['a'];
export const one: Class = { parcelId: 'a', weight: 1, any: new Date(), map: { a: 1, b: 'c' }, tags, price: 1 };
export const two: Contracts = { ...one };
export const event: ParcelSentV2Event = makeParcelSentV2({ detail: { tags } });
export const handler = onClass(async ({ detail }) => detail.map?.anything);
export { parseContracts, parseParcelSentV2 };
// @ts-expect-error no value fits
export const three: Class = { ...one, never: 1 };
`,
      ['node'],
    );
    expect(errors).toEqual([]);
    expect((await generate())['events.ts']).not.toContain('was referenced by');
  });

  test.each([
    ['order', 'OrderEvent'],
    ['promise', 'Promise'],
    ['detail', 'parseDetail'],
  ])('unless its file name is %s, whose name in code is taken', async (id, name) => {
    contract.write(
      `schemas/${id}.json`,
      contract
        .read(packed)
        .replace('"parcel-packed"', JSON.stringify(id))
        .replaceAll('Parcel Packed', 'Another'),
    );
    await expect((async () => generate())()).rejects.toThrow(
      `schemas/${id}.json: its name in code would be ${name}, which has another meaning already`,
    );
  });
});

describe('a bad schema folder is refused, and the message names the file', () => {
  test.each<[string, (text: string) => string, string]>([
    [
      'a misspelt keyword',
      (t) => t.replace('"maximum"', '"maximun"'),
      `${packed}: /properties/weight/maximun: unknown keyword. Allowed are those of draft-07: type, enum`,
    ],
    [
      'a keyword of another dialect',
      (t) => t.replace('"maximum": 1000', '"nullable": true'),
      `${packed}: /properties/weight/nullable: unknown keyword; write "type": ["string", "null"]. Allowed are`,
    ],
    ...['__proto__', 'hasOwnProperty'].map((name): [string, (text: string) => string, string] => [
      `a field ${name}`,
      (t) => t.replace('"label"', JSON.stringify(name)),
      `${packed}: /properties has the field "${name}", which JavaScript tools take for their own`,
    ]),
    [
      'an unknown format',
      (t) => t.replace('"pattern": "^[a-z]+$"', '"format": "colour"'),
      `${packed}: unknown format "colour"`,
    ],
    [
      'a pattern that is not a regular expression',
      (t) => t.replace('^[a-z]+$', '^[a-z+$'),
      `${packed}: Invalid regular expression`,
    ],
    [
      'a required field that is not declared',
      (t) => t.replace('"weight": {', '"mass": {'),
      `${packed}: strict mode: required property "weight" is not defined`,
    ],
    [
      "an id that is not the file's name",
      (t) => t.replace('"parcel-packed"', '"parcel-pack"'),
      `${packed}: $id is "parcel-pack"; it must be "parcel-packed"`,
    ],
    ['a file that is not JSON', () => '{', `${packed}: not JSON: `],
    ['a file that is not an object', () => '[]', `${packed}: not a JSON Schema: received []`],
    [
      'a file that is not a schema',
      (t) => t.replace('"object"', '"thing"'),
      `${packed}: not a draft-07 JSON Schema: `,
    ],
    [
      'a schema of another type',
      (t) => t.replace('"type": "object"', '"type": "array"'),
      `${packed}: type is "array"`,
    ],
    [
      'a schema with no source',
      (t) => t.replace('"x-amazon-events-source": "com.example.parcels",', ''),
      `${packed}: x-amazon-events-source is missing`,
    ],
    [
      'a schema with no publisher',
      (t) => t.replace('"x-published-by": "depot",', ''),
      `${packed}: x-published-by is missing`,
    ],
    [
      'a schema that is nested too deeply',
      (t) => t.replace('"weight": {', `"deep": ${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)},"weight": {`),
      `${packed}: Maximum call stack size exceeded`,
    ],
    [
      'two schemas with the same detail-type',
      (t) => t.replace('"Parcel Packed"', '"Parcel Sent"'),
      'schemas/parcel-sent.json: its x-amazon-events-detail-type is "Parcel Sent", and so is that of schemas/parcel-packed.json',
    ],
    [
      'a detail-type that PutEvents refuses',
      (t) => t.replace('"Parcel Packed"', `"${'x'.repeat(129)}"`),
      'schemas/parcel-packed.json: x-amazon-events-detail-type has 129 characters, EventBridge takes 128',
    ],
    [
      'two sources',
      (t) => t.replace('"com.example.parcels"', '"com.example.others"'),
      'schemas/parcel-sent.json: its source is "com.example.parcels", but "com.example.others" in schemas/parcel-packed.json',
    ],
    [
      'no example',
      (t) => t.replace(/"examples": \[\s+\{[^\]]*\]/, '"examples": []'),
      `${packed}: examples is empty; the event's factory needs one`,
    ],
  ])('%s', async (_, edit, message) => {
    editText(edit);
    await expect((async () => generate())()).rejects.toThrow(message);
  });

  test.each<[string, () => void, string]>([
    [
      'a folder in the place of a file',
      () => contract.write('schemas/parcel-lost.json/x', ''),
      "schemas/parcel-lost.json: can't be read: EISDIR",
    ],
    [
      'an event without fixtures',
      () => contract.remove('schemas/fixtures/parcel-packed'),
      'schemas/fixtures/parcel-packed/valid: received no *.json file',
    ],
    [
      'a fixture that is not JSON',
      () => contract.write('schemas/fixtures/parcel-packed/invalid/weight-missing.json', '{'),
      'schemas/fixtures/parcel-packed/invalid/weight-missing.json: not JSON',
    ],
  ])('%s', async (_, prepare, message) => {
    prepare();
    await expect((async () => generate())()).rejects.toThrow(message);
  });
});
