import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';

const repository = mkdtempSync(join(tmpdir(), 'orders-lint-'));
afterAll(() => rmSync(repository, { recursive: true }));

/** Lints a repository with these files. `pnpm check` lints this one. */
function lint(files: Record<string, string>) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(repository, dirname(file)), { recursive: true });
    writeFileSync(join(repository, file), text);
  }
  const script = resolve(import.meta.dirname, '../scripts/lint.ts');
  return spawnSync(process.execPath, [...nodeOptions, script, repository], { encoding: 'utf8' });
}

test('the linters find faults in workflows, in their scripts, in scripts and in pages, and say which file is missing', () => {
  const steps = "steps:\n      - run: echo $A\n        env: { A: '' }\n";
  const { stderr, status } = lint({
    '.github/workflows/wrong.yml': `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    ${steps}`,
    'infra/delivery/wrong.sh': 'rm $1\n',
    'docs/delivery.md': 'Do this:\n\n```bash\nsource commands.sh\ncat $1\n```\n',
  });
  expect(stderr.trimEnd().split('\n')).toEqual([
    '.ci/run: there is no such file',
    'docs/runbooks/commands.sh: there is no such file',
    'infra/test/stand-ins/*.sh: there is no such file',
    'docs/runbooks/*.md: there is no such file',
    ".github/workflows/wrong.yml: 5: Value 'b' is not valid",
    '.github/workflows/wrong.yml: 3: The workflow must contain at least one job with no dependencies.',
    expect.stringMatching(/^infra\/delivery\/wrong.sh: SC2086 .*: rm \$1$/),
    expect.stringMatching(/^the scripts of the workflows: SC2086 .*: echo \$A$/),
    expect.stringMatching(/^the bash of the pages in docs\/: SC2086 .*: cat \$1$/),
  ]);
  expect(status).toBe(1);
});
