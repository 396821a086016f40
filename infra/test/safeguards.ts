import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { differences } from '../scripts/differences.ts';
import { readableStack } from '../scripts/readable-stack.ts';
import { snapshotOf } from '../scripts/render-snapshot.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';
import { invariants } from './invariants/all.ts';
import type { Invariant } from './invariants/invariant.ts';
import { type Removal, removalsOf } from './removals.ts';
import { Stack } from './stack.ts';
import { weakenings } from './weakenings.ts';

/** Who names what is gone. */
type Noticed = 'by an invariant' | 'by the snapshot alone' | 'by nothing';

const broken = new Set<Invariant>();
/** The invariants by the kind of what they have named, the latest first. Most removals of a kind break the same few. */
const named = new Map<string, Set<Invariant>>();

/** What an invariant finds in a stack. Keeps note of those that find something. */
function faultsOf(invariant: Invariant, stack: Stack): string[] {
  const faults = invariant.faults(stack);
  if (faults.length > 0) broken.add(invariant);
  return faults;
}

function notice({ kind, names, stack }: Removal, snapshot: unknown): Noticed {
  const less = stack();
  const isNamed = (text: string) => names.some((name) => text.includes(name));
  const readable = new Stack(readableStack(less));
  const before = named.get(kind) ?? new Set();
  for (const invariant of new Set([...before, ...invariants])) {
    if (!faultsOf(invariant, readable).some(isNamed)) continue;
    named.set(kind, new Set([invariant, ...before]));
    return 'by an invariant';
  }
  return differences(snapshotOf(less), snapshot).some(isNamed) ? 'by the snapshot alone' : 'by nothing';
}

/**
 * Removes the safeguards of each stage from its synthesized JSON, one at a time, and looks who notices: an invariant whose
 * fault names what is gone, or else the committed snapshot. Prints the counts.
 *
 * @returns the safeguards that nobody notices, the weakenings that no invariant refuses, and the invariants that nothing breaks
 */
export function unnoticed(): string[] {
  const problems: string[] = [];
  const all: Removal[] = [];
  for (const stage of stageNames) {
    const snapshot: unknown = parse(
      readFileSync(resolve(import.meta.dirname, `../snapshots/${stage}.yaml`), 'utf8'),
    );
    const removals = removalsOf(synthStack(stage));
    all.push(...removals);
    const outcomes = removals.map((removal) => ({ ...removal, noticed: notice(removal, snapshot) }));
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
    const weak = new Stack(readableStack(json));
    if (invariants.flatMap((invariant) => faultsOf(invariant, weak)).length === 0)
      problems.push(`no invariant refuses ${name}`);
  }
  // One that was never the first to name a removal may still be broken by it.
  for (const invariant of invariants)
    if (
      !broken.has(invariant) &&
      !all.some(({ stack }) => faultsOf(invariant, new Stack(readableStack(stack()))).length > 0)
    )
      problems.push(`nothing breaks the invariant "${invariant.name}"`);

  return problems;
}
