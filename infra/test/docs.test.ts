import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { renderDocuments } from '../scripts/documents.ts';
import { type Block, readStack, type StackJson, synth } from './synth.ts';

const root = resolve(import.meta.dirname, '../..');

const { outdir, moduleDir } = synth();
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
const stackFile = join(moduleDir, 'cdk.tf.json');
const documents = renderDocuments(join(root, 'schemas'), stackFile);

test.each(['asyncapi.yaml', 'events.md'])('docs/%s is what the schemas and the stack say today', (name) => {
  const isUpToDate = readFileSync(join(root, 'docs', name), 'utf8') === documents[name];
  if (!isUpToDate) throw new Error(`docs/${name} is out of date: run pnpm docs:generate`);
});

const handWritten = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true }).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .sort();

test.each(handWritten)('%s names no file that is not there', (name) => {
  const text = readFileSync(join(root, name), 'utf8');
  // Whole paths from the root; a placeholder such as <event> isn't one.
  const paths = [...text.matchAll(/`((?:\.github|apps|docs|infra|packages|schemas)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );
  // What is made, not kept.
  const made = /\bcdktf\.out\b|\/generated\b/;
  expect(paths.filter((path) => !made.test(path) && !existsSync(join(root, path)))).toEqual([]);
});

test('docs/cost.md counts the alarms and the dashboards of the stack', () => {
  const count = (type: string) => Object.keys(readStack(moduleDir).resource[type] ?? {}).length;
  const counted = (what: string) =>
    new RegExp(`\\| ${what}[^|]*\\| +(\\d+) ×`).exec(readFileSync(join(root, 'docs/cost.md'), 'utf8'))?.[1];
  expect(counted('Alarms')).toBe(String(count('aws_cloudwatch_metric_alarm')));
  expect(counted('Dashboard')).toBe(String(count('aws_cloudwatch_dashboard')));
});

describe('asyncapi.yaml', () => {
  let document: AsyncAPIDocumentInterface;
  let complaints: string[];
  beforeAll(async () => {
    const parsed = await new Parser().parse(documents['asyncapi.yaml'] ?? '');
    // All but the hint that there is a newer version of AsyncAPI.
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

  test('has the bus as its channel, with a message for each detail-type', () => {
    expect(document.channels().map((channel) => channel.address())).toEqual(['Orders']);
    const names = document.messages().map((message) => [message.id(), message.name()]);
    expect(names).toEqual([
      ['OrderPlaced', 'Order Placed'],
      ['OrderProcessed', 'Order Processed'],
      ['OrderDispatched', 'Order Dispatched'],
    ]);
  });

  test('has who sends and who receives what, as operations', () => {
    const operations = document
      .operations()
      .map((operation) => [
        operation.id(),
        operation.action(),
        ...operation.messages().map((message) => message.id()),
      ]);
    expect(operations.sort()).toEqual([
      ['EUOrdertoStepFunctions', 'receive', 'OrderPlaced'],
      ['OrdertoCloudWatch', 'receive', 'OrderPlaced', 'OrderProcessed', 'OrderDispatched'],
      ['ProcessedOrderstoLambda', 'receive', 'OrderProcessed'],
      ['USOrdertoAPI', 'receive', 'OrderPlaced'],
      ['UnroutedOrders', 'receive', 'OrderPlaced'],
      ['persister', 'send', 'OrderDispatched'],
      ['producer', 'send', 'OrderPlaced'],
      ['workflow', 'send', 'OrderProcessed'],
    ]);
  });

  test.each([
    ['OrderPlaced', 'order-placed'],
    ['OrderProcessed', 'order-processed'],
    ['OrderDispatched', 'order-dispatched'],
  ])('%s has a draft-07 payload that takes its example and tells fixtures apart', (id, event) => {
    const [message] = document.messages().filter((candidate) => candidate.id() === id);
    if (!message) throw new Error(`there is no message ${id}`);
    expect(message.schemaFormat()).toBe('application/schema+json;version=draft-07');
    const { schema } = message.json().payload as { schema: Block };
    const isValid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema);
    const example = message.examples()[0]?.payload() as Block;
    expect([isValid(example), isValid.errors]).toEqual([true, null]);

    for (const [kind, expected] of [
      ['valid', true],
      ['invalid', false],
    ] as const) {
      const folder = join(root, 'schemas/fixtures', event, kind);
      const details = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
      expect(details.length).toBeGreaterThan(5);
      for (const detail of details) expect(isValid({ ...example, detail })).toBe(expected);
    }
  });
});

/** A page whose tables have one blank around each cell. */
const withoutPadding = (page: string) => page.replaceAll(/ +\|/g, ' |');

describe('events.md', () => {
  const page = withoutPadding(documents['events.md'] ?? '');
  const sections = Object.fromEntries(page.split('\n## ').map((text) => [text.split('\n')[0], text]));

  test('has the events in the order in which one leads to the next', () => {
    expect(Object.keys(sections).slice(1)).toEqual(['Order Placed', 'Order Processed', 'Order Dispatched']);
  });

  test.each([
    ['Order Placed', 'the function `orders-producer`'],
    ['Order Processed', 'the state machine `EUOrderFulfilment`'],
    ['Order Dispatched', 'the function `orders-persister`'],
  ])('%s is published by %s', (event, publisher) => {
    expect(sections[event]).toContain(`- **Published by:** ${publisher}\n`);
  });

  test.each([
    [
      'Order Placed',
      [
        '| `EUOrdertoStepFunctions` | the state machine `EUOrderFulfilment` | `location` starts with `eu-west` |',
        '| `OrdertoCloudWatch` | the log group `/aws/events/orders` | always |',
        '| `USOrdertoAPI` | the API destination `us-fulfilment-partner` | `location` starts with `us-` |',
        '| `UnroutedOrders` | the queue `UnroutedOrders` | `location` starts with none of `us-`, `eu-west` |',
      ],
    ],
    [
      'Order Processed',
      [
        '| `OrdertoCloudWatch` | the log group `/aws/events/orders` | always |',
        '| `ProcessedOrderstoLambda` | the function `orders-persister` | always |',
      ],
    ],
    ['Order Dispatched', ['| `OrdertoCloudWatch` | the log group `/aws/events/orders` | always |']],
  ])('%s is consumed as the rules of the stack say', (event, rules) => {
    const [, table = ''] = /\n\| Rule .*\n\| --.*\n((?:\|.*\n)+)/.exec(sections[event] ?? '') ?? [];
    expect(table.trimEnd().split('\n')).toEqual(rules);
  });

  test('says of a field what it means, its limits and an example, also inside of another', () => {
    const lines: string[] = sections['Order Processed']?.split('\n') ?? [];
    expect(lines).toContain(
      '| `OrderDetails.category` | yes | The product category: lower-case words of letters and digits, joined by hyphens. ' +
        '| a string of at most 64 characters, matching `^[a-z0-9]+(-[a-z0-9]+)*$` | `office-supplies`, `general-supplies` |',
    );
    expect(lines.find((line) => line.startsWith('| `OrderId` |'))).toContain('| no |');
  });

  test('has links that lead somewhere', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    const anchors = Object.keys(sections).map((title) => `#${title.toLowerCase().replaceAll(' ', '-')}`);
    for (const link of links) {
      if (link.startsWith('#')) expect(anchors).toContain(link);
      else expect(() => readFileSync(join(root, 'docs', link))).not.toThrow();
    }
  });
});

describe('when the schemas or the stack change', () => {
  let dir: string;
  let stack: StackJson;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orders-docs-'));
    for (const file of readdirSync(join(root, 'schemas')).filter((name) => name.endsWith('.json')))
      cpSync(join(root, 'schemas', file), join(dir, file));
    stack = readStack(moduleDir);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function render(): Record<string, string> {
    const file = join(outdir, 'changed.tf.json');
    writeFileSync(file, JSON.stringify(stack));
    return renderDocuments(dir, file);
  }
  const renderPage = () => withoutPadding(render()['events.md'] ?? '');
  const changeSchema = (event: string, change: (schema: Block) => Block) => {
    const file = join(dir, `${event}.json`);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  };
  const publishedBy = (event: string, publisher: string) =>
    changeSchema(event, (schema) => ({ ...schema, 'x-published-by': publisher }));
  /** The one resource of a type whose id begins so. */
  const find = (type: string, id: string): Block => {
    const [found, ...others] = Object.entries(stack.resource[type] ?? {}).filter(([name]) =>
      name.startsWith(id),
    );
    if (!found || others.length > 0)
      throw new Error(`${others.length} others than ${found} at ${type}.${id}`);
    return found[1];
  };

  test('the released versions are listed, the newest last and in asyncapi.yaml', () => {
    mkdirSync(join(dir, 'released/order-placed'), { recursive: true });
    for (const version of ['1.10.0', '1.0.0', '1.9.0'])
      writeFileSync(join(dir, 'released/order-placed', `${version}.json`), '{}');
    const rendered = render();
    const link = (version: string) => `[${version}](../schemas/released/order-placed/${version}.json)`;
    expect(rendered['events.md']).toContain(
      `released as ${link('1.0.0')}, ${link('1.9.0')}, ${link('1.10.0')}\n`,
    );
    expect(rendered['events.md']).toContain('order-processed.json); not released yet');
    expect(rendered['asyncapi.yaml']).toContain('version: 1.10.0\n');
  });

  test('an event that no rule delivers says so', () => {
    find('aws_cloudwatch_event_rule', 'bus_OrdertoCloudWatch').event_pattern =
      '{"detail-type":["Order Placed"]}';
    const page = renderPage();
    expect(page).toContain('| the function `orders-persister` | nobody yet |');
    expect(page).toContain('No rule delivers it yet.');
  });

  test('a rule of another source or another bus consumes nothing of ours', () => {
    find('aws_cloudwatch_event_rule', 'bus_OrdertoCloudWatch').event_pattern = '{"source":["aws.ec2"]}';
    find('aws_cloudwatch_event_target', 'bus_USOrdertoAPI').event_bus_name = 'default';
    const page = renderPage();
    expect(page).not.toContain('OrdertoCloudWatch');
    expect(page).not.toContain('USOrdertoAPI');
  });

  test('what a rule asks of the detail is shown in words, or as it stands', () => {
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

  test('a limit without words of its own is shown as JSON, and a | breaks no table', () => {
    changeSchema('order-placed', (schema) => ({
      ...schema,
      properties: { kind: { type: 'string', pattern: '^(a|b)$', new: ['a', 'b'] } },
    }));
    expect(renderPage()).toContain('| a string matching `^(a\\|b)$`, new `["a","b"]` |');
  });

  test('a publisher that the stack does not have is refused', () => {
    publishedBy('order-placed', 'shop');
    expect(render).toThrow(
      'schemas/order-placed.json: its x-published-by is "shop", and the stack has only persister, producer, workflow',
    );
  });

  test('an event with no publisher is refused', () => {
    changeSchema('order-placed', ({ 'x-published-by': _, ...schema }) => schema);
    expect(render).toThrow('schemas/order-placed.json: x-published-by is missing');
  });

  test('a publisher whose role may not put events on the bus is refused', () => {
    const policy = find('aws_iam_role_policy', 'producer_role');
    policy.policy = String(policy.policy).replace('events:PutEvents', 'events:PutRule');
    expect(render).toThrow('"producer", whose role may not put events on the bus');
  });

  test('and so is one that may put events on another bus only', () => {
    const policy = find('aws_iam_role_policy', 'producer_role');
    policy.policy = String(policy.policy).replace(
      /\$\{aws_cloudwatch_event_bus[^}]+\}/,
      'arn:aws:events:::other',
    );
    expect(render).toThrow('"producer", whose role may not put events on the bus');
  });

  test('a workflow whose definition does not publish the event is refused', () => {
    publishedBy('order-placed', 'workflow');
    expect(render).toThrow('"workflow", whose definition publishes Order Processed');
  });

  test('an event that a workflow publishes is not said to be published by another', () => {
    publishedBy('order-processed', 'persister');
    expect(render).toThrow('"persister", but the state machine workflow publishes it');
  });

  test('a workflow that publishes what is no event of the contract is refused', () => {
    const machine = find('aws_sfn_state_machine', 'workflow');
    machine.definition = String(machine.definition).replace('Order Processed', 'Order Lost');
    expect(render).toThrow('workflow publishes "Order Lost", which no schema in schemas/ is for');
  });

  test('a target of a kind that is not known is refused, by name', () => {
    find('aws_cloudwatch_event_target', 'bus_USOrdertoAPI').arn =
      `\${aws_dynamodb_table.${Object.keys(stack.resource.aws_dynamodb_table ?? {})}.arn}`;
    expect(render).toThrow(/^table\/table is a aws_dynamodb_table; the documents know aws_lambda_function, /);
  });

  test('a detail-type that is not a plain name is refused', () => {
    find('aws_cloudwatch_event_rule', 'bus_USOrdertoAPI').event_pattern =
      '{"detail-type":[{"prefix":"Order"}]}';
    expect(render).toThrow('USOrdertoAPI: detail-type is {"prefix":"Order"}; the documents know names only');
  });
});
