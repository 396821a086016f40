import { describe, expect, test } from '@jest/globals';
import type { SchemaObject } from 'ajv';
import { detailTypes, source } from '../src/index.ts';
import { compile } from './compile.ts';
import { fixtures, schemas } from './fixtures.ts';

interface Field {
  title?: string;
  description?: string;
  examples?: readonly unknown[];
  properties?: Record<string, Field>;
  additionalProperties?: unknown;
}

const fieldsOf = (field: Field, path: string): [path: string, field: Field][] => [
  [path, field],
  ...Object.entries(field.properties ?? {}).flatMap(([name, inner]) => fieldsOf(inner, `${path}/${name}`)),
];

test("the system's own events have their names, to the letter", () => {
  expect(source).toBe('com.aws.orders');
  expect(detailTypes).toMatchObject({
    orderPlaced: 'Order Placed',
    orderProcessed: 'Order Processed',
    orderDispatched: 'Order Dispatched',
  });
});

describe.each(schemas.flatMap(({ id, detail }) => fieldsOf(detail as Field, `schemas/${id}.json`)))(
  '%s',
  (_, field) => {
    test('has a title, a description and an example', () => {
      expect(field).toMatchObject({
        title: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
        examples: expect.arrayContaining([expect.anything()]),
      });
    });

    test('has examples that are valid', () => {
      const isValid = compile(field);
      expect((field.examples ?? []).filter((example) => !isValid(example))).toEqual([]);
    });

    test('takes unknown fields, so that a consumer survives fields that are added later', () => {
      expect(field.additionalProperties).toBeUndefined();
    });
  },
);

test.each([
  [
    'order-placed',
    ['orderId', 'category', 'location', 'value'],
    ['orderId', 'category', 'location', 'value'],
  ],
  ['order-processed', ['OrderId', 'OrderDetails'], ['OrderDetails']],
  [
    'order-dispatched',
    ['orderId', 'category', 'location', 'value'],
    ['orderId', 'category', 'location', 'value'],
  ],
])('%s has the fields %j of the system, and requires %j', (id, fields, required) => {
  const detail = schemas.find((event) => event.id === id)?.detail;
  expect(Object.keys(detail?.properties ?? {})).toEqual(expect.arrayContaining(fields));
  expect(detail?.required).toEqual(expect.arrayContaining(required));
});

test('a field has the same limits in every event that has it', () => {
  const limitsOf = ({ title, description, examples, ...limits }: Field) => JSON.stringify(limits);
  const known = new Map<string, { limits: string; at: string }>();
  const differences: string[] = [];
  for (const { id, detail } of schemas) {
    for (const [at, field] of fieldsOf(detail as Field, `schemas/${id}.json`)) {
      const name = at.split('/').at(-1) ?? '';
      // An object has the fields of one event, and they count on their own.
      if (field.properties) continue;
      const first = known.get(name) ?? { limits: limitsOf(field), at };
      known.set(name, first);
      if (first.limits !== limitsOf(field))
        differences.push(`${at} differs from ${first.at}: use another name`);
    }
  }
  expect(differences).toEqual([]);
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

describe.each(schemas)('$detailType', ({ id, detailType, detail }) => {
  test.each([...withoutOne(detail)])('has an invalid fixture that only %s refuses', (demand, weaker) => {
    const isValid = compile(weaker);
    if (fixtures(detailType, 'invalid').some(([, each]) => isValid(each))) return;
    throw new Error(
      `schemas/fixtures/${id}/invalid: no file there has a detail that only ${demand} of schemas/${id}.json refuses; add one`,
    );
  });
});
