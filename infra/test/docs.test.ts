import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { schemasDir } from '@orders/contract';
import { Ajv } from 'ajv';
import { renderDocuments } from '../scripts/documents.ts';
import type { Block, StackJson } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';

// What the two documents say today is in docs/, and golden-copies.test.ts compares them.

const synthesized = synthStack();

describe('asyncapi.yaml', () => {
  let document: AsyncAPIDocumentInterface;
  let complaints: string[];
  beforeAll(async () => {
    const parsed = await new Parser().parse(renderDocuments(schemasDir, synthesized)['docs/asyncapi.yaml']);
    // All except the hint that there is a newer version of AsyncAPI.
    complaints = parsed.diagnostics
      .filter(({ code }) => code !== 'asyncapi-latest-version')
      .map(({ code, path, message }) => `${code} at ${path.join('/')}: ${message}`);
    if (!parsed.document) throw new Error(`not an AsyncAPI document: ${complaints}`);
    document = parsed.document;
  });

  test('is a valid AsyncAPI 3.0.0 document, with nothing to complain about', () => {
    expect(complaints).toEqual([]);
    expect(document.version()).toBe('3.0.0');
  });

  test('every message has a draft-07 payload that takes its example and tells the fixtures apart', () => {
    const messages = [...document.messages()];
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      expect(message.schemaFormat()).toBe('application/schema+json;version=draft-07');
      const { schema } = message.json().payload as { schema: Block };
      const isValid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema);
      const example = message.examples()[0]?.payload() as Block;
      expect([isValid(example), isValid.errors]).toEqual([true, null]);

      const event = String(message.name()).toLowerCase().replaceAll(' ', '-');
      const verdicts = (kind: string) => {
        const folder = join(schemasDir, 'fixtures', event, kind);
        return readdirSync(folder).map((file) =>
          isValid({ ...example, detail: JSON.parse(readFileSync(join(folder, file), 'utf8')) }),
        );
      };
      expect([...new Set(verdicts('valid'))]).toEqual([true]);
      expect([...new Set(verdicts('invalid'))]).toEqual([false]);
    }
  });
});

/** A page whose tables have one blank around each cell. */
const withoutPadding = (page: string) => page.replaceAll(/ +\|/g, ' |');

describe('the generated documents', () => {
  let dir: string;
  let stack: StackJson;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orders-docs-'));
    for (const file of readdirSync(schemasDir).filter((name) => name.endsWith('.json')))
      cpSync(join(schemasDir, file), join(dir, file));
    stack = structuredClone(synthesized);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const render = () => renderDocuments(dir, stack);
  const renderPage = () => withoutPadding(render()['docs/events.md']);
  const changeSchema = (event: string, change: (schema: Block) => Block) => {
    const file = join(dir, `${event}.json`);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  };
  const publishedBy = (event: string, publisher: string) =>
    changeSchema(event, (schema) => ({ ...schema, 'x-published-by': publisher }));
  /** Every rule gets this pattern. */
  const matchEverywhere = (pattern: object) => {
    for (const rule of Object.values(stack.resource.aws_cloudwatch_event_rule ?? {}))
      rule.event_pattern = JSON.stringify(pattern);
  };
  /** The only resource of a type whose id begins with this. */
  const find = (type: string, id: string): Block => {
    const [found, ...others] = Object.entries(stack.resource[type] ?? {}).filter(([name]) =>
      name.startsWith(id),
    );
    if (!found || others.length > 0)
      throw new Error(`${others.length + (found ? 1 : 0)} resources at ${type}.${id}…, not one`);
    return found[1];
  };

  test('list the released versions, the newest last and in asyncapi.yaml', () => {
    mkdirSync(join(dir, 'released/order-placed'), { recursive: true });
    for (const version of ['1.10.0', '1.0.0', '1.9.0'])
      writeFileSync(join(dir, 'released/order-placed', `${version}.json`), '{}');
    const rendered = render();
    const link = (version: string) => `[${version}](../schemas/released/order-placed/${version}.json)`;
    expect(rendered['docs/events.md']).toContain(
      `released as ${link('1.0.0')}, ${link('1.9.0')}, ${link('1.10.0')}\n`,
    );
    expect(rendered['docs/events.md']).toContain('order-processed.json); not released yet');
    expect(rendered['docs/asyncapi.yaml']).toContain('version: 1.10.0\n');
  });

  test('say of an event that no rule delivers it', () => {
    matchEverywhere({ 'detail-type': ['Order Placed'] });
    const page = renderPage();
    expect(page).toContain('| the function `orders-persister` | nobody yet |');
    expect(page).toContain('No rule delivers it yet.');
  });

  test('leave out a rule of another source or another bus', () => {
    find('aws_cloudwatch_event_rule', 'bus_OrdertoCloudWatch').event_pattern = '{"source":["aws.ec2"]}';
    find('aws_cloudwatch_event_target', 'bus_USOrdertoAPI').event_bus_name = 'default';
    const page = renderPage();
    expect(page).not.toContain('OrdertoCloudWatch');
    expect(page).not.toContain('USOrdertoAPI');
  });

  test('show what a rule asks of the detail in words, or as JSON', () => {
    const rule = find('aws_cloudwatch_event_rule', 'bus_USOrdertoAPI');
    const when = (detail: object) => {
      rule.event_pattern = JSON.stringify({ detail });
      return /`USOrdertoAPI` \| [^|]+ \| (.+) \|/.exec(renderPage())?.[1];
    };
    expect(when({ location: ['us-east-1', { prefix: 'us-w' }] })).toBe(
      '`location` is `"us-east-1"` or starts with `us-w`',
    );
    expect(when({ value: [{ numeric: ['>', 5] }], category: ['a'] })).toBe(
      '`value` matches `[{"numeric":[">",5]}]` and `category` is `"a"`',
    );
    expect(when({ OrderDetails: { value: [1] } })).toBe('`OrderDetails` matches `{"value":[1]}`');
  });

  test('show a limit that they have no words for as JSON, and escape a | in a table', () => {
    changeSchema('order-placed', (schema) => ({
      ...schema,
      properties: {
        ...(schema.properties as object),
        kind: { type: 'string', pattern: '^(a|b)$', new: ['a', 'b'], 'x-not-carried': 'a test' },
      },
    }));
    expect(renderPage()).toContain('| a string matching `^(a\\|b)$`, new `["a","b"]` |');
  });

  test('refuse a publisher that the stack does not have', () => {
    publishedBy('order-placed', 'shop');
    expect(render).toThrow(
      /^schemas\/order-placed\.json: its x-published-by is "shop", and the stack has only .*\bproducer\b/,
    );
  });

  test('refuse an event without a publisher', () => {
    changeSchema('order-placed', ({ 'x-published-by': _, ...schema }) => schema);
    expect(render).toThrow('schemas/order-placed.json: x-published-by is missing');
  });

  test('refuse a publisher whose role may not put events on the bus', () => {
    const policy = find('aws_iam_role_policy', 'producer_role');
    policy.policy = String(policy.policy).replace('events:PutEvents', 'events:PutRule');
    expect(render).toThrow('"producer", whose role may not put events on the bus');
  });

  test('refuse a publisher that may put events on another bus only', () => {
    const policy = find('aws_iam_role_policy', 'producer_role');
    policy.policy = String(policy.policy).replace(
      /\$\{aws_cloudwatch_event_bus[^}]+\}/,
      'arn:aws:events:::other',
    );
    expect(render).toThrow('"producer", whose role may not put events on the bus');
  });

  test('refuse a workflow whose definition does not publish the event', () => {
    publishedBy('order-placed', 'workflow');
    expect(render).toThrow('"workflow", whose definition publishes Order Processed');
  });

  test('refuse another publisher for an event that a workflow publishes', () => {
    publishedBy('order-processed', 'persister');
    expect(render).toThrow('"persister", but the state machine workflow publishes it');
  });

  test('refuse a workflow that publishes something other than the events of the contract', () => {
    const machine = find('aws_sfn_state_machine', 'workflow');
    machine.definition = String(machine.definition).replace('Order Processed', 'Order Lost');
    expect(render).toThrow('workflow publishes "Order Lost", which has no schema in schemas/');
  });

  test('refuse a target of an unknown type, by name', () => {
    const [table] = Object.keys(stack.resource.aws_dynamodb_table ?? {});
    find('aws_cloudwatch_event_target', 'bus_USOrdertoAPI').arn = `\${aws_dynamodb_table.${table}.arn}`;
    expect(render).toThrow(
      /^\S+\/table is of the type aws_dynamodb_table; the documents know aws_lambda_function, /,
    );
  });

  describe('of a field that Order Placed gains', () => {
    const gainGiftNote = (annotations: object) =>
      changeSchema('order-placed', (schema) => ({
        ...schema,
        properties: { ...(schema.properties as object), giftNote: { type: 'string', ...annotations } },
      }));

    test('refuse one that the workflow drops, and say where to add it', () => {
      gainGiftNote({});
      expect(render).toThrow(
        'schemas/order-processed.json has no field giftNote: the state machine workflow gets it in Order Placed, and drops it. ' +
          "Add it there and to the state machine, or say in schemas/order-placed.json why it isn't carried on",
      );
    });

    test('name every one that gets lost, each in a line', () => {
      gainGiftNote({});
      changeSchema('order-processed', (schema) => ({
        ...schema,
        properties: { ...(schema.properties as object), weight: { type: 'number' } },
      }));
      expect(render).toThrow(
        /^schemas\/order-\S+ has no field \w+: .*\nschemas\/order-\S+ has no field \w+: .*$/,
      );
    });

    test('show one that is not carried on, with the reason', () => {
      gainGiftNote({ 'x-not-carried': 'The partner alone prints it' });
      expect(renderPage()).toMatch(
        /\| `giftNote` \|( no \|)* yes \|( no \|)+ The partner alone prints it \|/,
      );
    });
  });

  test('refuse a detail-type that is not a plain name', () => {
    find('aws_cloudwatch_event_rule', 'bus_USOrdertoAPI').event_pattern =
      '{"detail-type":[{"prefix":"Order"}]}';
    expect(render).toThrow('USOrdertoAPI: detail-type is {"prefix":"Order"}; the documents know names only');
  });
});
