import { describe, expect, test } from '@jest/globals';
import { Ajv, type SchemaObject } from 'ajv';
import { readSchemas } from '../scripts/schemas.ts';
import { type DetailType, detailTypes, source } from '../src/index.ts';
import { detailTypeList, fixtures, schemasDir } from './fixtures.ts';

const schemas = await readSchemas(schemasDir);

interface Field {
  title?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Field>;
  additionalProperties?: unknown;
}

const fieldsOf = (field: Field, path: string): [path: string, field: Field][] => [
  [path, field],
  ...Object.entries(field.properties ?? {}).flatMap(([name, inner]) => fieldsOf(inner, `${path}/${name}`)),
];

test('the contract has the three events of the system, to the letter', () => {
  expect(source).toBe('com.aws.orders');
  expect(detailTypes).toEqual({
    orderPlaced: 'Order Placed',
    orderProcessed: 'Order Processed',
    orderDispatched: 'Order Dispatched',
  });
  expect(schemas.map(({ detailType }) => detailType).sort()).toEqual([...detailTypeList].sort());
});

describe.each(schemas.flatMap(({ file, schema }) => fieldsOf(schema as Field, file)))('%s', (_, field) => {
  test('has a title, a description and an example', () => {
    expect(field).toMatchObject({
      title: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\S/),
      examples: expect.arrayContaining([expect.anything()]),
    });
  });

  test('has examples that are valid', () => {
    const isValid = new Ajv({ strict: false }).compile(field);
    expect((field.examples ?? []).filter((example) => !isValid(example))).toEqual([]);
  });

  test('takes fields that it does not know, so that a consumer of today survives an event of tomorrow', () => {
    expect(field.additionalProperties).toBeUndefined();
  });
});

test.each([
  [
    'order-placed.json',
    ['orderId', 'category', 'location', 'value'],
    ['orderId', 'category', 'location', 'value'],
  ],
  ['order-processed.json', ['OrderId', 'OrderDetails'], ['OrderDetails']],
  [
    'order-dispatched.json',
    ['orderId', 'category', 'location', 'value'],
    ['orderId', 'category', 'location', 'value'],
  ],
])('%s has the fields %j, of which %j are required', (file, fields, required) => {
  const schema = schemas.find((candidate) => candidate.file === file)?.schema;
  expect(Object.keys(schema?.properties)).toEqual(fields);
  expect(schema?.required).toEqual(required);
});

test.each(['category', 'location', 'value'])('%s is the same field in every event', (name) => {
  const details = (schema: Field) => schema.properties?.OrderDetails ?? schema;
  const [first, ...others] = schemas.map(({ schema }) => details(schema as Field).properties?.[name]);
  expect(first).toBeDefined();
  for (const other of others) expect(other).toEqual(first);
});

/** Every way to take one demand away from a schema: a keyword, or a name in `required`. */
function* withoutOne(schema: SchemaObject, path = ''): Generator<[demand: string, schema: SchemaObject]> {
  for (const keyword of ['type', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum']) {
    const { [keyword]: taken, ...rest } = schema;
    if (taken !== undefined) yield [`${path}/${keyword}`, rest];
  }
  for (const name of (schema.required ?? []) as string[]) {
    const required = (schema.required as string[]).filter((other) => other !== name);
    yield [`${path}/required/${name}`, { ...schema, required }];
  }
  for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, SchemaObject>)) {
    for (const [demand, changed] of withoutOne(property, `${path}/${name}`)) {
      yield [demand, { ...schema, properties: { ...schema.properties, [name]: changed } }];
    }
  }
}

describe.each(schemas)('$detailType', ({ detailType, schema }) => {
  test.each([...withoutOne(schema)])('has an invalid fixture that only %s refuses', (_, weaker) => {
    const isValid = new Ajv({ strict: false }).compile(weaker);
    const accepted = fixtures(detailType as DetailType, 'invalid').filter(([, detail]) => isValid(detail));
    expect(accepted).not.toEqual([]);
  });
});
