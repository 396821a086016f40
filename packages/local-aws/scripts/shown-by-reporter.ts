import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readKnown } from './read-known.ts';
import { operationPaths, readShownBy, writeShownBy } from './shown-by.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'node_modules/.cache/shown-by');

/**
 * Fails a run of all tests when an operation or a parameter that the local run knows is shown by no test, or by none of
 * the name that the documents give. `pnpm shown-by` writes these names anew.
 */
export default class ShownByReporter {
  readonly #isWhole: boolean;
  #error: Error | undefined;

  constructor({
    testPathPatterns,
    testNamePattern,
  }: { testPathPatterns: { isSet(): boolean }; testNamePattern?: string }) {
    this.#isWhole = !testPathPatterns.isSet() && !testNamePattern;
    if (!this.#isWhole) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Jest's workers start later, with the environment that this process has then.
    process.env.SHOWN_BY_FOLDER = folder;
  }

  async onRunComplete(_: unknown, { numFailedTests }: { numFailedTests: number }): Promise<void> {
    const isAsked = process.env.WRITE_SHOWN_BY !== undefined;
    if (!this.#isWhole || (numFailedTests > 0 && !isAsked)) return;
    const shown = readReports();
    const known = operationPaths((await readKnown()).services);
    const nowhere = known.filter((path) => !shown.has(path));
    if (nowhere.length > 0) {
      this.#error = new Error(`No test shows what the local run says it knows: ${nowhere.join(', ')}`);
    } else if (isAsked) {
      const first = (path: string) => [...(shown.get(path) ?? [])].sort()[0] ?? '';
      writeShownBy(Object.fromEntries(known.map((path) => [path, first(path)])));
    } else {
      const shownBy = readShownBy();
      const stale = known.filter((path) => !shown.get(path)?.has(shownBy[path] ?? ''));
      if (stale.length === 0) return;
      this.#error = new Error(
        `The documents name a test that doesn't show ${stale.join(', ')}: run \`pnpm shown-by\` in packages/local-aws, ` +
          'then `pnpm docs:generate`',
      );
    }
  }

  /** Makes the run fail. Jest doesn't print the error. */
  getLastError(): Error | undefined {
    if (this.#error) process.stderr.write(`\n${this.#error.message}\n`);
    return this.#error;
  }
}

/** The tests that showed something, by what they showed. */
function readReports(): Map<string, Set<string>> {
  const shown = new Map<string, Set<string>>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')) {
      const { path, file, test } = JSON.parse(line) as { path: string; file: string; test: string };
      const tests = shown.get(path) ?? new Set();
      shown.set(path, tests.add(`${relative(root, file).replaceAll('\\', '/')}: ${test}`));
    }
  }
  return shown;
}
