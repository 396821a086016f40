import { afterAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../cli/command-line.ts';
import { createContract, type Json } from './contract.ts';

const contract = createContract();
afterAll(() => contract.delete());

const sent = 'parcel-sent.json';
contract.write(
  'uses.json',
  JSON.stringify({
    consumers: [
      { name: 'scales', event: 'Parcel Sent', fields: ['weight'] },
      { name: 'mailer', event: 'Parcel Sent', fields: ['parcelId'] },
      { name: 'archive', event: 'parcel-packed' },
    ],
    rules: [{ name: 'everything', pattern: { source: ['com.example.parcels'] } }],
  }),
);
contract.write(
  'template.yaml',
  `
Resources:
  Heavy:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !ImportValue Parcels
      EventPattern:
        source: [!Sub "com.example.\${Team}"]
        detail-type: [Parcel Sent]
        detail: { weight: [{ numeric: [">", 500] }] }
  Hourly:
    Type: AWS::Events::Rule
    Properties: { ScheduleExpression: rate(1 hour) }
`,
);

/** Asks who breaks by a change of Parcel Sent. */
async function whoBreaks(change: (schema: Json) => void) {
  contract.writeJson(`changed/${sent}`, JSON.parse(contract.read(`schemas/${sent}`)));
  contract.edit(`changed/${sent}`, change);
  const args = ['who-breaks', contract.path(`changed/${sent}`), contract.path('uses.json')];
  const run = (...more: string[]) =>
    runCommandLine([...args, contract.path('template.yaml'), ...more], {
      schemasDir: contract.schemasDir,
      readStdin: async () => '',
    });
  const { stdout, code } = await run('--json');
  const { broken } = JSON.parse(stdout) as { broken: { kind: string; name: string; example: Json }[] };
  return { code, broken, text: (await run()).stdout };
}

const names = (broken: readonly { kind: string; name: string }[]) =>
  broken.map(({ kind, name }) => `${kind} ${name}`).sort();

describe('of five changes, these break somebody', () => {
  test('a required field may be missing: its consumer and the rule that asks for it', async () => {
    const { broken, code, text } = await whoBreaks((schema) => {
      schema.required = ['parcelId'];
    });
    expect(names(broken)).toEqual(['consumer scales', 'rule Heavy']);
    for (const { kind, example } of broken) {
      const detail = kind === 'rule' ? example.detail : example;
      expect(detail).not.toHaveProperty('weight');
    }
    expect(text).toContain('✗ the consumer scales gets events Parcel Sent without $.weight:');
    expect(text).toContain(
      '✗ the rule Heavy misses events Parcel Sent, because detail.weight may be missing after the change.',
    );
    expect(code).toBe(1);
  });

  test('a lower maximum: only the rule above it, which matches nothing any more', async () => {
    const { broken, text } = await whoBreaks(({ properties }) => {
      properties.weight.maximum = 400;
    });
    expect(names(broken)).toEqual(['rule Heavy']);
    expect(broken[0]?.example.detail.weight).toBeGreaterThan(500);
    expect(text).toContain('✗ the rule Heavy can no longer match Parcel Sent. It matches today:');
  });

  test('another detail-type: every consumer of the event, and the rule that names it', async () => {
    const { broken } = await whoBreaks((schema) => {
      schema['x-amazon-events-detail-type'] = 'Parcel Posted';
    });
    expect(names(broken)).toEqual(['consumer mailer', 'consumer scales', 'rule Heavy']);
  });
});

describe('and these break nobody', () => {
  test.each<[string, (schema: Json) => void]>([
    [
      'a new optional field',
      ({ properties }) => {
        properties.giftNote = { type: 'string' };
      },
    ],
    [
      'fewer values of a field that no rule asks for',
      (schema) => {
        schema.properties.parcelId.maxLength = 40;
      },
    ],
  ])('%s', async (_, change) => {
    const { broken, code, text } = await whoBreaks(change);
    expect(broken).toEqual([]);
    expect(text).toBe('✓ nobody: 2 rules and 3 consumers stay as they are\n');
    expect(code).toBe(0);
  });
});

describe('who-breaks refuses, by file and with what is allowed,', () => {
  const ask = async (change: string, uses: string) => {
    contract.write('bad.json', uses);
    const args = ['who-breaks', change, contract.path('bad.json')];
    return runCommandLine(args, { schemasDir: contract.schemasDir, readStdin: async () => '' });
  };
  const schema = contract.path(`schemas/${sent}`);
  const consumer = (values: object) => JSON.stringify({ consumers: [{ name: 'a', ...values }] });

  test.each([
    [
      'a field that there is not',
      consumer({ event: 'Parcel Sent', fields: ['wieght'] }),
      'bad.json: consumers[0]: fields has wieght; allowed is a list of the fields of Parcel Sent: parcelId, weight',
    ],
    [
      'an event that there is not',
      consumer({ event: 'Parcel Lost' }),
      'consumers[0]: "Parcel Lost" isn\'t an event; allowed are "Parcel Packed", "Parcel Sent"',
    ],
    ['a misspelt name', '{"consumers":[],"ruls":[]}', 'bad.json: received ruls; allowed is {"consumers"'],
    [
      'a pattern that AWS refuses',
      '{"rules":[{"name":"a","pattern":{"detail":{"weight":3}}}]}',
      'rules[0] (a): Invalid event pattern at $.detail.weight',
    ],
    ['nobody', '{"consumers":[]}', 'received no rule of a bus other than the default one, and no consumer'],
  ])('%s', async (_, uses, message) => {
    const { code, stderr } = await ask(schema, uses);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('a schema of no event', async () => {
    contract.writeJson('strange.json', {
      ...JSON.parse(contract.read(`schemas/${sent}`)),
      $id: 'parcel-lost',
    });
    const { stderr } = await ask(contract.path('strange.json'), '{"consumers":[]}');
    expect(stderr).toContain(
      'strange.json: its $id is "parcel-lost"; allowed are those of the events: parcel-packed, parcel-sent',
    );
  });
});
