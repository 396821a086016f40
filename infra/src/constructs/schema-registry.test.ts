import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exampleEvent, readContract, schemasDir } from '@orders/contract';
import { Ajv } from 'ajv';
import { smallStack } from '../../test/small-stack.ts';
import { SchemaRegistry } from './schema-registry.ts';

const events = readContract();
const resources = smallStack((stack) => new SchemaRegistry(stack, 'schemas', { name: 'Orders', events }));

test('a registry has a schema of each event, and no other', () => {
  expect(Object.keys(resources).sort()).toEqual(
    ['schemas/registry', ...events.map(({ id }) => `schemas/${id}`)].sort(),
  );
  expect(resources['schemas/registry']).toMatchObject({
    name: 'Orders',
    description: expect.stringMatching(/./),
  });
});

describe.each(events.map((event) => [event.id, event] as const))('the schema of %s', (id, event) => {
  const { content, ...attributes } = resources[`schemas/${id}`] as unknown as {
    content: Record<string, unknown>;
  };
  const { $schema, ...schema } = content;
  // Draft-07 reads what is here as draft-04 does: draft-04.test.ts checks that of `toDraft04`.
  const isValid = new Ajv({ formats: { 'date-time': true }, strict: false }).compile(schema);

  const fixtures = (kind: string) => {
    const dir = join(schemasDir, 'fixtures', id, kind);
    return readdirSync(dir).map((name) =>
      exampleEvent(event, JSON.parse(readFileSync(join(dir, name), 'utf8'))),
    );
  };

  test('has the name that EventBridge would discover it by', () => {
    expect(attributes).toEqual({
      resource: 'aws_schemas_schema',
      type: 'JSONSchemaDraft4',
      registry_name: '<schemas/registry.name>',
      name: `${event.source}@${event.name}`,
      description: event.detail.description,
    });
  });

  test('says which event it is of, as the schemas of AWS do', () => {
    expect($schema).toBe('http://json-schema.org/draft-04/schema#');
    expect(content).toMatchObject({
      title: event.name,
      'x-amazon-events-source': event.source,
      'x-amazon-events-detail-type': event.detailType,
    });
  });

  test('has no keyword that draft-04 does not have, nor one of our own', () => {
    expect(JSON.stringify(content)).not.toMatch(/"(\$id|const|examples|x-published-by)":/);
  });

  test('takes every valid fixture, and refuses every invalid one', () => {
    const [valid, invalid] = [fixtures('valid'), fixtures('invalid')];
    expect(valid.length * invalid.length).toBeGreaterThan(0);
    expect(valid.filter((each) => !isValid(each))).toEqual([]);
    expect(invalid.filter((each) => isValid(each))).toEqual([]);
  });

  test('refuses an event of another source or detail-type, or without a field of the envelope', () => {
    const good: Record<string, unknown> = { ...fixtures('valid')[0] };
    expect(isValid({ ...good, source: 'aws.ec2' })).toBe(false);
    expect(isValid({ ...good, 'detail-type': 'No Such Event' })).toBe(false);
    for (const field of Object.keys(good)) expect(isValid({ ...good, [field]: undefined })).toBe(false);
  });
});
