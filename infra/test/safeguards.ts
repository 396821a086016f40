/**
 * Removes the safeguards of each stage from its synthesized JSON, one at a time, and looks who notices: an invariant whose
 * fault names what is gone, or else the committed snapshot. Prints the counts. Run by safeguards.test.ts, and by hand:
 * `node infra/test/safeguards.ts`.
 *
 * Exit status: 0, all are noticed, and every invariant can be broken; 1, it names what isn't.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { differences } from '../scripts/differences.ts';
import { readableStack } from '../scripts/readable-stack.ts';
import { snapshotOf } from '../scripts/render-snapshot.ts';
import type { StackJson } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';
import { faultsOf, invariants } from './invariants/all.ts';
import { type Removal, removalsOf } from './removals.ts';
import { Stack } from './stack.ts';
import { weakenings } from './weakenings.ts';

/** Who names what is gone. */
type Noticed = 'by an invariant' | 'by the snapshot alone' | 'by nothing';

const broken = new Set<string>();
/** The faults of a stack. Keeps note of the invariants that found them. */
function faults(json: StackJson): string[] {
  const found = faultsOf(new Stack(readableStack(json)));
  for (const { invariant } of found) broken.add(invariant);
  return found.map(({ fault }) => fault);
}

function notice(removal: Removal, snapshot: unknown): Noticed {
  const less = removal.stack();
  const isNamed = (text: string) => removal.names.some((name) => text.includes(name));
  if (faults(less).some(isNamed)) return 'by an invariant';
  return differences(snapshotOf(less), snapshot).some(isNamed) ? 'by the snapshot alone' : 'by nothing';
}

const problems: string[] = [];

for (const stage of stageNames) {
  const snapshot: unknown = parse(
    readFileSync(resolve(import.meta.dirname, `../snapshots/${stage}.yaml`), 'utf8'),
  );
  const json = synthStack(stage);
  const outcomes = removalsOf(json).map((removal) => ({ ...removal, noticed: notice(removal, snapshot) }));
  const counts = (kind?: string) => {
    const count = (noticed: Noticed) =>
      outcomes.filter((each) => (kind ?? each.kind) === each.kind && each.noticed === noticed).length;
    return {
      'by an invariant': count('by an invariant'),
      'by the snapshot alone': count('by the snapshot alone'),
    };
  };
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  console.log(`${stage}: ${outcomes.length} safeguards removed, one at a time, and named`);
  console.table({ ...Object.fromEntries(kinds.map((kind) => [kind, counts(kind)])), all: counts() });
  for (const { kind, what, noticed } of outcomes)
    if (noticed === 'by nothing')
      problems.push(`${stage}: nothing names the ${kind} ${what} when it is gone`);
}

for (const [name, weaken] of Object.entries(weakenings)) {
  const json = synthStack();
  weaken(json);
  if (faults(json).length === 0) problems.push(`no invariant refuses ${name}`);
}
for (const { name } of invariants)
  if (!broken.has(name)) problems.push(`nothing breaks the invariant "${name}"`);

if (problems.length > 0) console.error(problems.join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
