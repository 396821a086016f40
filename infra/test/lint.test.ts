import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const filesIn = (dir: string, end: string) =>
  readdirSync(join(root, dir)).flatMap((name) => (name.endsWith(end) ? [`${dir}/${name}`] : []));

/** The scripts of a workflow as one, each in a subshell with the variables of its environment. */
function scriptsOf(workflow: string): string {
  type Step = { run?: string; env?: Record<string, string> };
  const { jobs } = parse(workflow) as { jobs: Record<string, Step & { steps?: Step[] }> };
  return Object.values(jobs)
    .flatMap(({ env, steps = [] }) => steps.map((step) => ({ run: step.run, env: { ...env, ...step.env } })))
    .filter(({ run }) => run !== undefined)
    .map(
      ({ run, env }) =>
        `(\n${Object.keys(env)
          .map((name) => `export ${name}=''\n`)
          .join('')}${run}\n)\n`,
    )
    .join('');
}

/** The bash of a page, without the line that sources the commands: they are linted by themselves. */
const blocksOf = (page: string) =>
  [...page.matchAll(/```bash\n(.*?)```/gs)]
    .map(([, block]) => block)
    .join('')
    .replaceAll(/^source .*$/gm, '');

const workflows = filesIn('.github/workflows', '.yml');
const pages = [...filesIn('docs/runbooks', '.md'), 'docs/delivery.md'];
const scripts = [
  '.ci/run',
  'docs/runbooks/commands.sh',
  ...filesIn('infra/delivery', '.sh'),
  ...filesIn('infra/test/stand-ins', '.sh'),
];
const joined = (texts: string[]) => texts.join('');

const input = {
  workflows: {
    ...Object.fromEntries(workflows.map((file) => [file, read(file)])),
    'a wrong workflow': 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps: []\n',
  },
  scripts: {
    'the scripts of the workflows': joined(workflows.map((file) => scriptsOf(read(file)))),
    ...Object.fromEntries(scripts.map((file) => [file, read(file)])),
    'the bash of the pages in docs/': joined(pages.map((page) => blocksOf(read(page)))),
    'a wrong script': 'rm $1\n',
  },
};
const faults = JSON.parse(
  execFileSync(process.execPath, [join(import.meta.dirname, 'linters.ts')], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  }),
) as Record<string, string[]>;

const names = [...Object.keys(input.workflows), ...Object.keys(input.scripts)];

test.each(names.filter((name) => !name.startsWith('a wrong')))('the linters find nothing in %s', (name) => {
  expect(faults[name]).toEqual([]);
});

test('the linters find faults', () => {
  expect(faults['a wrong workflow']).toContain("5: Value 'b' is not valid");
  expect(faults['a wrong script']).toEqual([expect.stringMatching(/^SC2086 .*: rm \$1$/)]);
});
