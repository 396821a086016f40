import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkSchemas } from '../scripts/check-report.ts';
import { draftEvent } from '../scripts/draft-event.ts';
import { readFixtures } from '../scripts/fixtures.ts';
import { render } from '../scripts/render-events.ts';
import { readSchemas } from '../scripts/schemas.ts';
import { createRepository, type TestContract } from './contract.ts';

let contract: TestContract;
beforeEach(() => {
  contract = createRepository();
});
afterEach(() => contract.delete());

const writeDraft = (detailType: string) => {
  const { files } = draftEvent(contract.schemasDir, detailType);
  for (const [path, text] of Object.entries(files)) contract.write(path, text);
  return files;
};

describe('a drafted event', () => {
  test('has a schema with the first field of another event, fixtures of each kind, and a changeset', () => {
    contract.write('schemas/fixtures/parcel-packed/invalid/id-of-digits.json', '{"parcelId":"7","weight":3}');
    contract.write('schemas/fixtures/parcel-packed/invalid/id-missing.json', '{"weight":3}');
    const files = writeDraft('Parcel Lost');
    const { 'schemas/parcel-lost.json': schema = '', ...others } = files;
    expect(JSON.parse(schema)).toMatchObject({
      $id: 'parcel-lost',
      title: 'Parcel Lost',
      'x-amazon-events-source': 'com.example.parcels',
      'x-amazon-events-detail-type': 'Parcel Lost',
      'x-published-by': 'depot',
      required: ['parcelId'],
      properties: { parcelId: { type: 'string', pattern: '^[a-z]+$', examples: ['parcel'] } },
      examples: [{ parcelId: 'parcel' }],
    });
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    // The weight isn't a field of it, so the details with a wrong one aren't invalid.
    expect(others).toEqual({
      'schemas/fixtures/parcel-lost/valid/example.json': json({ parcelId: 'parcel' }),
      'schemas/fixtures/parcel-lost/invalid/id-missing.json': json({}),
      'schemas/fixtures/parcel-lost/invalid/id-of-digits.json': json({ parcelId: '7' }),
      '.changeset/parcel-lost.md': '---\n"@orders/events": minor\n---\n\nA new event: Parcel Lost.\n',
    });
  });

  test('can be generated, and passes the gate', async () => {
    contract.write('schemas/fixtures/parcel-packed/invalid/id-missing.json', '{"weight":3}');
    writeDraft('Parcel Lost');
    const events = readSchemas(contract.schemasDir);
    const files = await render(events, readFixtures(contract.schemasDir, events));
    expect(files['events.ts']).toContain('parseParcelLost');
    expect(await checkSchemas(contract.root)).toMatchObject({ breaks: [], unannounced: [] });
  });

  test.each([
    ['parcel lost', 'The detail-type is "parcel lost"; allowed are words of letters and digits'],
    ['Parcel  Lost', 'allowed are words'],
    ['Parcel */ Lost', 'allowed are words'],
    ['', 'The detail-type is ""'],
    ['Parcel Sent', 'schemas/parcel-sent.json has the event "Parcel Sent" already'],
    ['Parcel SENT', 'schemas/parcel-sent.json has the event "Parcel Sent" already'],
    ['Order', 'schemas/order.json: its name in code would be OrderEvent'],
  ])('can not be called "%s"', (detailType, message) => {
    expect(() => draftEvent(contract.schemasDir, detailType)).toThrow(message);
    expect(existsSync(contract.path('schemas/fixtures/parcel-lost'))).toBe(false);
  });

  test('needs an example of the field', () => {
    contract.edit('schemas/parcel-packed.json', ({ properties }) => {
      delete properties.parcelId.examples;
    });
    expect(() => draftEvent(contract.schemasDir, 'Parcel Lost')).toThrow(
      'schemas/parcel-packed.json: its first required field has no example',
    );
  });
});
