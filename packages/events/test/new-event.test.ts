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
  test('has the fields, the publisher and the fixtures of another event, and a changeset', () => {
    const files = writeDraft('Parcel Lost');
    const { 'schemas/parcel-lost.json': schema = '', ...others } = files;
    const model = JSON.parse(contract.read('schemas/parcel-packed.json'));
    expect(JSON.parse(schema)).toEqual({
      ...model,
      $id: 'parcel-lost',
      title: 'Parcel Lost',
      description: 'Parcel Lost: say here what has happened.',
      'x-amazon-events-detail-type': 'Parcel Lost',
    });
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    expect(others).toEqual({
      'schemas/fixtures/parcel-lost/valid/parcel.json': json({ parcelId: 'parcel', weight: 3 }),
      'schemas/fixtures/parcel-lost/invalid/weight-missing.json': json({ parcelId: 'parcel' }),
      '.changeset/parcel-lost.md': '---\n"@orders/events": minor\n---\n\nA new event: Parcel Lost.\n',
    });
  });

  test('can be generated, and passes the gate', async () => {
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
});
