import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { elementsOf } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = join(root, 'docs/runbooks');
const read = (page: string) => readFileSync(join(directory, page), 'utf8');

/** The index of the pages. */
const index = 'README.md';
const pages = readdirSync(directory).filter((file) => file.endsWith('.md'));

const elements = stageNames.flatMap((stage) => elementsOf(synthStack(stage)));
const alarms = elements
  .filter(({ type }) => type === 'aws_cloudwatch_metric_alarm')
  .map(({ attributes }) => ({
    name: String(attributes.alarm_name),
    page: /docs\/runbooks\/(?<page>\S+\.md)$/.exec(String(attributes.alarm_description))?.groups?.page ?? '',
  }));

/** The names of everything that the stack makes, of any type. */
const names = new Set(
  elements
    .flatMap(({ attributes }) =>
      ['name', 'function_name', 'alarm_name', 'dashboard_name'].map((key) => attributes[key]),
    )
    .filter((name) => typeof name === 'string'),
);

/** The names after an option of the AWS CLI, or after a command of commands.sh. */
const named =
  /(?:--(?:(?:queue|function|log-group|archive|(?:source-)?table|event-bus)-)?name|--rule|Name=FunctionName,Value|\b(?:look|redeliver|replay|insights|queue_url|concurrency|attempts))[ =]+(?<name>[\w/][\w/-]*)/g;
/** Texts that look like a name of ours: a log group, `orders-…`, `…Ordersto…` and the like. */
const ours =
  /(?<![\w/.$>-])(?<name>\/aws\/[\w/-]+(?![\w/$-])|orders-[\w-]+|\w*Orders?to[\w-]+|Unrouted[\w-]+|\w+Fulfilment[\w-]*|OrderDetails[\w-]*)/g;
/** Names of things that a page makes for a while, or that the reader replaces. */
const notOurs = ['OrderDetails-restored', 'the-other-function'];

/** The resources that the code of a page names. */
function resourcesIn(markdown: string): string[] {
  const code = [...markdown.matchAll(/```bash\n(.*?)```|`([^`\n]+)`/gs)].map(
    ([, block, span]) => block ?? span,
  );
  const found = [named, ours].flatMap((pattern) => [...code.join('\n').matchAll(pattern)]);
  return [...new Set(found.map(({ groups }) => groups?.name ?? ''))].filter(
    (name) => !notOurs.includes(name),
  );
}

test('every alarm has a runbook, in every stage', () => {
  expect(alarms.length).toBeGreaterThan(20);
  const without = alarms.filter(({ page }) => page === '' || !existsSync(join(directory, page)));
  expect(without).toEqual([]);
});

test('every runbook belongs to an alarm', () => {
  const used = new Set(alarms.map(({ page }) => page));
  expect(pages.filter((page) => page !== index && !used.has(page))).toEqual([]);
});

test('the index lists every alarm, with the page that its description names', () => {
  // `<rule>-dead-letters` means this alarm of every rule.
  const rows = read(index)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => ({
      alarms: [...line.matchAll(/`([^`]+)`/g)].map(
        ([, name = '']) => new RegExp(`^${name.replace(/<\w+>/, '[\\w-]+')}$`),
      ),
      page: /\((\S+)\)/.exec(line)?.[1],
    }));
  // The alarm of a queue and its `-expire` share a row.
  const pageOf = (alarm: string) =>
    rows.find((row) => row.alarms.some((name) => name.test(alarm.replace(/-expire$/, ''))))?.page;
  expect(alarms.map(({ name }) => [name, pageOf(name)])).toEqual(
    alarms.map(({ name, page }) => [name, page]),
  );
});

describe.each(pages)('docs/runbooks/%s', (page) => {
  const markdown = read(page);

  test('names only resources that the stack has', () => {
    const resources = resourcesIn(markdown);
    expect(resources).not.toEqual([]);
    expect(resources.filter((name) => !names.has(name))).toEqual([]);
  });

  test('has no account number in it', () => {
    // The id of an order ends with twelve digits too, after a hyphen.
    expect(markdown).not.toMatch(/(?<!-)\b\d{12}\b/);
  });
});

test.each(pages.filter((page) => page !== index))(
  'docs/runbooks/%s says what the alarm means, what to look at and what to do',
  (page) => {
    const headings = [...read(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['What it means', 'What to look at', 'What to do']);
  },
);

test('docs/runbooks/commands.sh names only resources that the stack has', () => {
  const resources = resourcesIn(`\`\`\`bash\n${read('commands.sh')}\`\`\``);
  expect(resources.filter((name) => !names.has(name))).toEqual([]);
});
