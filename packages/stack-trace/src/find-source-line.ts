import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Bundle, readBundles } from './bundle.ts';
import type { FindSourceLine } from './readable-stack.ts';

/**
 * Finds lines of source for code that ran on this machine, from wherever it was unpacked to. A bundle that was built
 * anew since then has other code, and isn't taken for it.
 *
 * @param apps the folder that has the functions, `apps`
 */
export function sourceLinesOfFiles(apps: string): FindSourceLine {
  const known = new Map<string, { changedAt: number; bundle: Bundle | undefined }>();
  const bundleOf = (file: string): Bundle | undefined => {
    const changedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt === undefined) return undefined;
    const before = known.get(file);
    if (before?.changedAt === changedAt) return before.bundle;
    const code = readFileSync(file, 'utf8');
    const bundle = readBundles(apps).find((candidate) => candidate.hasCode(basename(file), code));
    // A source map takes megabytes, and each code that is swapped in has a folder of its own.
    for (const other of known.keys()) if (!existsSync(other)) known.delete(other);
    known.set(file, { changedAt, bundle });
    return bundle;
  };
  return (frame) => {
    if (!frame.file.endsWith('.mjs')) return undefined;
    return bundleOf(frame.file)?.sourceLine(basename(frame.file), frame, frame.caller);
  };
}

/** Finds lines of source in a bundle, for a stack of a function that ran elsewhere. */
export const sourceLinesOfBundle =
  (bundle: Bundle): FindSourceLine =>
  (frame) =>
    bundle.sourceLine(basename(frame.file), frame, frame.caller);
