import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { schemasDir } from '@orders/contract';
import { boundaryDetails } from '../cli/boundary.ts';
import { runCommandLine } from '../cli/command-line.ts';
import { InvalidEventError, parseDetail } from '../src/index.ts';
import { createContract } from './contract.ts';
import { schemas } from './fixtures.ts';

const contract = createContract();
afterAll(() => contract.delete());

/** Runs a command on the contract of the parcels. Files are names in its folder. */
async function run(args: string[], { stdin = '', dir = contract.schemasDir } = {}) {
  const paths = args.map((arg) => (/\.(json|yaml|tf|txt)$|^cdk\.out$/.test(arg) ? contract.path(arg) : arg));
  return runCommandLine(paths, { schemasDir: dir, readStdin: async () => stdin });
}
const lines = (text: string) => text.trimEnd().split('\n');

const heavy = { source: ['com.example.parcels'], detail: { weight: [{ numeric: ['>', 500] }] } };
const misspelt = { source: ['com.example.parcels'], detail: { wieght: [3] } };
contract.writeJson('heavy.json', heavy);
contract.writeJson('misspelt.json', misspelt);
contract.writeJson('light-parcel.json', {
  source: 'com.example.parcels',
  'detail-type': 'Parcel Sent',
  detail: { parcelId: 'a', weight: 3 },
});

describe('explain', () => {
  test('says field by field why a pattern does not match, and ends with 1', async () => {
    const { stdout, code } = await run(['explain', 'heavy.json', 'light-parcel.json']);
    expect(lines(stdout).slice(1)).toEqual([
      '',
      '  ✓ source: wanted "com.example.parcels"; the event has "com.example.parcels"',
      '  ✗ detail.weight: wanted a number above 500; the event has 3',
    ]);
    expect(stdout).toContain("doesn't match: `detail.weight` is 3; the rule wants a number above 500.");
    expect(code).toBe(1);
  });

  test('ends with 0 for a match, reads one file from the standard input, and prints JSON', async () => {
    const stdin = JSON.stringify({ source: 'com.example.parcels', detail: { weight: 501 } });
    const { stdout, code } = await run(['explain', 'heavy.json', '-', '--json'], { stdin });
    expect(JSON.parse(stdout)).toMatchObject({ matches: true, conditions: [{ path: 'source' }, {}] });
    expect(code).toBe(0);
  });

  test('takes one rule of a file of several, by its name', async () => {
    const Rules = [
      { Name: 'Heavy', EventPattern: JSON.stringify(heavy), EventBusName: 'Parcels' },
      { Name: 'All', EventPattern: '{"source":["com.example.parcels"]}', EventBusName: 'Parcels' },
    ];
    contract.writeJson('rules.json', { Rules });
    const explain = (...more: string[]) => run(['explain', 'rules.json', 'light-parcel.json', ...more]);
    expect(await explain('--rule', 'All')).toMatchObject({ code: 0 });
    expect((await explain()).stderr).toContain('rules.json: received no --rule; its rules are Heavy, All');
    expect((await explain('--rule', 'Big')).stderr).toContain(
      'received --rule Big; its rules are Heavy, All',
    );
  });
});

describe('check', () => {
  const asText = JSON.stringify(heavy);
  const yaml = (tag: string) => `
Resources:
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Heavy:
          Type: EventBridgeRule
          Properties: { EventBusName: ${tag}, Pattern: { source: [!Sub "x.\${y}"], detail: { weight: [${tag}] } } }`;

  test.each<[string, string, string]>([
    ['a pattern', 'heavy.json', asText],
    [
      'Terraform JSON',
      'main.tf.json',
      JSON.stringify({
        resource: {
          aws_cloudwatch_event_rule: { heavy: { event_bus_name: '${var.bus}', event_pattern: asText } },
        },
      }),
    ],
    [
      'a plan of Terraform, also in modules',
      'plan.json',
      JSON.stringify({
        planned_values: {
          root_module: {
            child_modules: [
              {
                resources: [
                  {
                    type: 'aws_cloudwatch_event_rule',
                    address: 'module.a.heavy',
                    values: { event_bus_name: 'Parcels', event_pattern: asText },
                  },
                ],
              },
            ],
          },
        },
      }),
    ],
    [
      'a template of CloudFormation in JSON',
      'stack.json',
      JSON.stringify({
        Resources: {
          Heavy: {
            Type: 'AWS::Events::Rule',
            Properties: {
              EventBusName: { Ref: 'Bus' },
              EventPattern: { ...heavy, source: [{ 'Fn::Sub': '${Team}' }] },
            },
          },
        },
      }),
    ],
    ['a template of SAM, with short tags', 'sam.yaml', yaml('!Ref Bus')],
    ['a template of SAM, with tags on lists', 'sam.yaml', yaml('!Select [0, [!Ref Bus]]')],
  ])('reads %s, and ends with 0 for a pattern that can match', async (_, file, text) => {
    contract.write(file, text);
    const { stdout, stderr, code } = await run(['check', file]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^✓ \S*[Hh]eavy\S* can match\n$/);
    expect(code).toBe(0);
  });

  test('reads every template of cdk.out, leaves out the default bus, and ends with 1 for a fault', async () => {
    const rule = (EventBusName: string | undefined, EventPattern: object) => ({
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName, EventPattern },
    });
    contract.writeJson('cdk.out/A.template.json', {
      Resources: { Good: rule('Parcels', heavy), Aws: rule(undefined, { source: ['aws.ec2'] }) },
    });
    contract.writeJson('cdk.out/assembly-B/B.template.json', {
      Resources: { Bad: rule('Parcels', misspelt) },
    });
    contract.writeJson('cdk.out/manifest.json', {});
    const { stdout, code } = await run(['check', 'cdk.out']);
    expect(lines(stdout)).toEqual([
      '✓ Good can match',
      expect.stringMatching(
        /^✗ Bad can never match: detail\.wieght is \[3\], but no event .* has parcelId, weight/,
      ),
      "- Aws isn't checked: it is a rule of the default bus",
    ]);
    expect(code).toBe(1);
  });
});

describe('make', () => {
  const make = (...args: string[]) => run(['make', ...args], { dir: schemasDir });
  const eventsOf = async (...args: string[]) => {
    const { stdout, code } = await make(...args);
    expect(code).toBe(0);
    return lines(stdout).map((line) => JSON.parse(line));
  };

  describe.each(schemas)('of $detailType', ({ id, detailType, parse }) => {
    test('prints one valid event, by its detail-type or the name of its file', async () => {
      const [event, ...others] = await eventsOf(detailType, '--seed', '7');
      expect(parse(event)).toBe(event);
      expect(others).toEqual([]);
      expect(await eventsOf(id, '--seed', '7')).toEqual([event]);
    });

    test('prints valid events at each limit, each with ids of its own', async () => {
      const events = await eventsOf(id, '--boundary');
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) expect(parse(event)).toBe(event);
      expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    });

    test('prints many random valid events, the same for the same seed and others for another', async () => {
      const events = await eventsOf(id, '--fuzz', '100', '--seed', '1');
      expect(events).toHaveLength(100);
      for (const event of events) expect(parse(event)).toBe(event);
      expect(new Set(events.map(({ detail }) => JSON.stringify(detail))).size).toBeGreaterThan(50);
      expect(await eventsOf(id, '--fuzz', '100', '--seed', '1')).toEqual(events);
      expect(await eventsOf(id, '--fuzz', '100', '--seed', '2')).not.toEqual(events);
    });
  });

  test('prints events whose only fault is in a field, and names the fields that there are', async () => {
    const { stderr } = await make('order-placed', '--invalid', 'vlaue');
    const fields = /allowed are (.*)/.exec(stderr)?.[1]?.split(', ') ?? [];
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) {
      for (const { detail } of await eventsOf('order-placed', '--invalid', field)) {
        const path = `/${field.replaceAll('.', '/')}`;
        expect(() => parseDetail('Order Placed', detail)).toThrow(InvalidEventError);
        expect(() => parseDetail('Order Placed', detail)).toThrow(
          expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
        );
      }
    }
  });

  test('prints one event at the limits of an event that has none', () => {
    const [event] = schemas;
    if (!event) throw new Error('the contract has no event');
    const detail = { type: 'object', required: ['parcelId'], properties: { parcelId: { type: 'string' } } };
    const made = boundaryDetails({ ...event, detail }, () => ({ parcelId: 'parcel' }));
    expect(made).toEqual([['no limit', { parcelId: 'parcel' }]]);
  });

  test('prints entries of PutEvents, ten a line', async () => {
    const { stdout } = await make('order-placed', '--fuzz', '12', '--entries', 'Orders');
    const [first, second] = lines(stdout).map((line) => JSON.parse(line));
    expect([first.length, second.length]).toEqual([10, 2]);
    expect(first[0]).toEqual({
      Source: 'com.aws.orders',
      DetailType: 'Order Placed',
      Detail: expect.any(String),
      EventBusName: 'Orders',
    });
    const { detail } = { detail: JSON.parse(first[0].Detail) };
    expect(parseDetail('Order Placed', detail)).toBe(detail);
  });
});

describe('breaks', () => {
  contract.copy('schemas', 'later');
  const compare = () => run(['breaks', contract.schemasDir, contract.path('later')]);

  test('ends with 0 for the same schemas', async () => {
    expect(await compare()).toEqual({
      stdout: '✓ Parcel Packed is compatible\n✓ Parcel Sent is compatible\n',
      stderr: '',
      code: 0,
    });
  });

  test('shows each break by an event, names an event that is gone, and ends with 1', async () => {
    contract.edit('later/parcel-packed.json', ({ properties }) => {
      properties.weight.maximum = 100;
    });
    contract.remove('later/parcel-sent.json');
    const { stdout, code } = await compare();
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^✗ Parcel Packed .*: \$\.weight breaks BACKWARD \(maximum\): .*"weight":101/),
      '✗ Parcel Sent: the new folder has no parcel-sent.json, and consumers read the event',
    ]);
    expect(code).toBe(1);
  });
});

describe('wrong use ends with 2, and says what is allowed:', () => {
  contract.write('broken.json', '{');
  contract.write('broken.yaml', 'a: [');
  contract.write('main.tf', 'resource "a" "b" {}');
  contract.writeJson('list.json', []);
  contract.writeJson('refused.json', { detail: { weight: 3 } });
  test.each([
    [['mak'], "mak isn't a command; allowed are explain, check, make, breaks, who-breaks"],
    [['constructor'], "constructor isn't a command"],
    [['check'], 'received no pattern; allowed is at least one file'],
    [['check', 'heavy.json', '--fast'], "Unknown option '--fast'"],
    [['check', 'nowhere.json'], "nowhere.json: can't be read: ENOENT"],
    [['check', 'broken.json'], 'broken.json: not JSON'],
    [['check', 'broken.yaml'], 'broken.yaml: not YAML'],
    [
      ['check', 'main.tf'],
      "main.tf: received Terraform's own language; allowed is JSON, as `terraform show -json",
    ],
    [
      ['check', 'list.json'],
      'list.json: received no object; allowed are an event pattern, a CloudFormation or SAM template',
    ],
    [['check', 'refused.json'], 'refused.json: Invalid event pattern at $.detail.weight: received 3'],
    [['explain', 'heavy.json'], 'allowed are <pattern> <event>'],
    [['explain', 'heavy.json', 'list.json'], 'list.json: received []; allowed is an event'],
    [['make', 'Parcel Lost'], '"Parcel Lost" isn\'t an event; allowed are "Parcel Packed", "Parcel Sent"'],
    [['make', 'Parcel Sent', '--fuzz', '-1'], "Option '--fuzz' argument is ambiguous"],
    [['make', 'Parcel Sent', '--fuzz', 'x'], '--fuzz is "x"; allowed is a whole number from 0 to 10000'],
    [
      ['make', 'Parcel Sent', '--fuzz', '1', '--boundary'],
      'received --boundary and --fuzz; allowed is one of them',
    ],
    [['breaks', 'heavy.json'], 'allowed are <old-folder> <new-folder>'],
    [['breaks', join(tmpdir(), 'no-such-folder'), '.'], 'no-such-folder: ENOENT'],
    [['who-breaks', 'heavy.json'], 'received too few files'],
  ])('%j', async (args, message) => {
    const { stdout, stderr, code } = await run(args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

test.each(['explain', 'check', 'make', 'breaks', 'who-breaks'])('%s has a help text', async (command) => {
  const { stdout, code } = await run([command, '--help']);
  expect(stdout).toContain(`npx @orders/events ${command} `);
  expect(stdout).toContain('Exit codes: 0 fine');
  expect(code).toBe(0);
  expect((await run([])).stdout).toContain(`  ${command} <`);
});
