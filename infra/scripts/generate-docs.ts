/** Writes `docs/asyncapi.yaml` and `docs/events.md`, from `schemas/` and the stack in `cdktf.out`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemasDir } from '../src/contract/contract.ts';
import { renderDocuments } from './documents.ts';

const infra = resolve(import.meta.dirname, '..');
const outDir = join(infra, 'cdktf.out');
const { stacks } = JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')) as {
  stacks: Record<string, { synthesizedStackPath: string }>;
};
// Every stage has the same events and rules.
const [stack] = Object.values(stacks);
if (!stack) throw new Error(`${outDir} has no stack: synthesize it first, by \`pnpm synth\``);
const documents = renderDocuments(schemasDir, join(outDir, stack.synthesizedStackPath));
for (const [name, text] of Object.entries(documents)) writeFileSync(join(infra, '../docs', name), text);
console.log(`generated docs/${Object.keys(documents).join(', docs/')}`);
