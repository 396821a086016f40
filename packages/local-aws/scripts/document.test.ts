import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { operation, parameterErrors } from '../src/operation.ts';
import { sqsErrors } from '../src/services/workflow/service-errors.ts';
import { readKnown } from './read-known.ts';
import { renderDocument } from './render-document.ts';

const file = resolve(import.meta.dirname, '../../../docs/local-aws.md');

test('docs/local-aws.md is what the tables say now', async () => {
  const now = renderDocument(await readKnown());
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (now === committed) return;
  const lines = new Set(committed.split('\n'));
  const changed = now.split('\n').filter((line) => !lines.has(line));
  throw new Error(
    `docs/local-aws.md is out of date: run \`pnpm docs:generate\`, and review the diff.\n${changed.slice(0, 10).join('\n')}`,
  );
});

const service = (action: string) => ({
  target: 'Any',
  action,
  errors: parameterErrors('Invalid'),
  operations: {
    SendAll: {
      action: 'Send',
      ...operation(
        {
          Name: { type: 'text', required: true },
          Kind: { type: 'text', oneOf: ['a', 'b'] },
          Entries: {
            type: 'list',
            items: { Id: { type: 'text', required: true }, Delay: { type: 'integer', min: 0, max: 9 } },
          },
          Item: { type: 'any' },
        },
        () => ({}),
      ),
    },
    Purge: operation({}, () => ({})),
  },
});

test('the document has every operation with its permission, and every parameter with what it may be', () => {
  const shownBy = { 'sqs:SendAll.Name': 'src/a.test.ts: a | b', 'sqs:Purge': 'src/b.test.ts: c' };
  const page = renderDocument({
    services: [service('sqs')],
    integrations: {},
    metrics: {},
    resourceTypes: {},
    limits: {},
    dataSources: {},
    shownBy,
  });
  expect(page).toContain(`
### SQS

#### \`Purge\`

It has no parameters. Shown by src/b.test.ts: c

#### \`SendAll\`

Its permission is \`sqs:Send\`.

| parameter | may be | shown by |
| --- | --- | --- |
| \`Name\` (required) | text | src/a.test.ts: a \\| b |
| \`Kind\` | a, b |  |
| \`Entries\` | a list |  |
| \`Entries[].Id\` (required) | text |  |
| \`Entries[].Delay\` | a whole number between 0 and 9 |  |
| \`Item\` |  |  |
`);
});

test('the document has every resource type with its arguments, and why some have no effect', () => {
  const resourceTypes = {
    aws_queue: {
      arguments: ['name', 'delay'],
      withoutEffect: { tags: 'no one looks' },
      notEnforced: { size: 'it grows' },
    },
    aws_alarm: { arguments: [], inert: 'nothing is counted' },
  };
  const page = renderDocument({
    services: [],
    integrations: {},
    metrics: {},
    resourceTypes,
    limits: { aws_queue: { delay: { takes: 'a whole number' } } },
    dataSources: { aws_partition: { partition: () => '' } },
    shownBy: {},
  });
  expect(page).toContain(
    '### `aws_queue`\n\n`name`, `delay`\n\nLimits:\n\n- `delay`: a whole number\n\nWithout effect:\n\n- `tags`: no one looks\n\nNot enforced:\n\n- `size`: it grows\n',
  );
  expect(page).toContain('- `aws_alarm`: nothing is counted\n');
  expect(page).toContain('- `aws_partition`: `partition`\n');
  expect(page).not.toContain('### `aws_alarm`');
});

test('the document has what workflows call, what may wait for a token, and the metrics', () => {
  const call = {
    target: 'Any.Send',
    parameters: {},
    errors: sqsErrors,
    form: 'first',
    shape: 'object',
  } as const;
  const integrations = {
    'sqs:send': { ...call, patterns: ['requestResponse', 'waitForTaskToken'] },
    'aws-sdk:sqs:send': { ...call, patterns: ['requestResponse'] },
  } as const;
  const page = renderDocument({
    services: [],
    integrations,
    metrics: { 'AWS/SQS': { names: ['Depth', 'Age'] } },
    resourceTypes: {},
    limits: {},
    dataSources: {},
    shownBy: {},
  });
  expect(page).toContain('- `AWS/SQS`: `Depth`, `Age`\n');
  expect(page).toContain('- `aws-sdk:sqs:send`\n- `sqs:send`, also with `.waitForTaskToken`\n');
});

test('a service without a name is reported', () => {
  const known = {
    services: [service('kinesis')],
    integrations: {},
    metrics: {},
    resourceTypes: {},
    limits: {},
    dataSources: {},
    shownBy: {},
  };
  expect(() => renderDocument(known)).toThrow(
    'no name for the service of Any, whose actions begin with kinesis',
  );
});
