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
import { invariants } from './invariants/all.ts';
import type { Invariant } from './invariants/invariant.ts';
import { type Removal, removalsOf } from './removals.ts';
import { Stack } from './stack.ts';
import { weakenings } from './weakenings.ts';

/** Who names what is gone. */
type Noticed = 'by an invariant' | 'by the snapshot alone' | 'by nothing';

const broken = new Set<string>();
/**
 * The faults of a stack, one invariant after the other. Keeps note of the invariants that found them, and begins with those
 * that found none yet.
 */
function* faultsOf(json: StackJson): Generator<string> {
  const stack = new Stack(readableStack(json));
  const unbroken = ({ name }: Invariant) => !broken.has(name);
  for (const { name, faults } of [
    ...invariants.filter(unbroken),
    ...invariants.filter((each) => !unbroken(each)),
  ]) {
    const found = faults(stack);
    if (found.length > 0) broken.add(name);
    yield* found;
  }
}

function notice(removal: Removal, snapshot: unknown): Noticed {
  const less = removal.stack();
  const isNamed = (text: string) => removal.names.some((name) => text.includes(name));
  for (const fault of faultsOf(less)) if (isNamed(fault)) return 'by an invariant';
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
  if ([...faultsOf(json)].length === 0) problems.push(`no invariant refuses ${name}`);
}
for (const { name } of invariants)
  if (!broken.has(name)) problems.push(`nothing breaks the invariant "${name}"`);

if (problems.length > 0) console.error(problems.join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
