import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { isObject, type JsonObject } from '@orders/local-aws';
import { startTestSystem, synthesized, type TestSystem } from '../src/testing/index.ts';

/** The resources of a stack, by type and then by id. */
export type Resources = Record<string, Record<string, JsonObject>>;

/** A stack as it was synthesized. */
export interface Stack {
  resource: Resources;
}

/** The stack `dev`, in the folder that is synthesized. */
export const stackFile = 'stacks/orders-dev/cdk.tf.json';

/** Reads the synthesized stack `dev`. */
export const readOriginal = (): Stack =>
  JSON.parse(readFileSync(join(synthesized, stackFile), 'utf8')) as Stack;

/**
 * Makes a folder for changed stacks: what the synthesized one has, with its zips, which nobody changes, in their place.
 *
 * @returns the folder, which the caller removes, and what writes a stack into it
 */
export function makeStackFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'orders-stack-'));
  const file = join(dir, stackFile);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(synthesized, 'manifest.json'), join(dir, 'manifest.json'));
  const assets = join(dirname(stackFile), 'assets');
  symlinkSync(join(synthesized, assets), join(dir, assets), 'junction');
  return { dir, write: (stack: Stack) => writeFileSync(file, JSON.stringify(stack)) };
}

/** Where a resource is in the tree of constructs. */
export function pathOf(config: JsonObject): string {
  const meta = config['//'];
  return isObject(meta) && isObject(meta.metadata) ? String(meta.metadata.path) : '';
}

/** The one resource of a type whose path in the stack contains `path`. */
export function find(resources: Resources, type: string, path: string): { id: string; config: JsonObject } {
  const found = Object.entries(resources[type] ?? {}).filter(([, config]) => pathOf(config).includes(path));
  const [match, ...others] = found;
  if (!match || others.length > 0) throw new Error(`${found.length} resources of ${type} at ${path}`);
  return { id: match[0], config: match[1] };
}

/** The statements of a role's policy. */
const statementsOf = ({ policy }: JsonObject) =>
  (JSON.parse(String(policy)) as { Statement: { Action: string[] }[] }).Statement;

/** Takes a rule away, with all that was made for it and all that refers to that. */
export function removeRuleOf(resources: Resources, rule: string): void {
  for (const ofType of Object.values(resources)) {
    for (const [id, config] of Object.entries(ofType)) {
      const refers = JSON.stringify(config).includes(`.bus_${rule}_`);
      if (refers || pathOf(config).includes(`/bus/${rule}/`)) delete ofType[id];
    }
  }
}

/** Gives each test a copy of the synthesized stack `dev`, which the test can change before it starts it. */
export function useStackCopy() {
  let folder: ReturnType<typeof makeStackFolder>;
  let stack: Stack;
  beforeEach(() => {
    folder = makeStackFolder();
    stack = readOriginal();
  });
  afterEach(() => rmSync(folder.dir, { recursive: true, force: true }));

  const change = (changeResources: (resources: Resources) => void) => changeResources(stack.resource);
  const write = () => {
    folder.write(stack);
    return folder.dir;
  };

  return {
    change,

    /** Takes a resource away. */
    remove: (type: string, path: string) =>
      change((resources) => {
        const { id } = find(resources, type, path);
        delete resources[type]?.[id];
      }),

    /** Takes an action out of a role's policy. */
    forbid: (path: string, action: string) =>
      change((resources) => {
        const { config } = find(resources, 'aws_iam_role_policy', path);
        const statements = statementsOf(config)
          .map((each) => ({ ...each, Action: each.Action.filter((allowed) => allowed !== action) }))
          .filter(({ Action }) => Action.length > 0);
        config.policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      }),

    /** Takes a rule away, with all that was made for it and all that refers to that. */
    removeRule: (rule: string) => change((resources) => removeRuleOf(resources, rule)),

    /** Takes every change back. */
    restore(): void {
      stack = readOriginal();
    },

    /** Starts the copy. Nobody asks it for lines of source: finding them takes as long as an order. */
    start: () => startTestSystem({ outDir: write(), findSourceLine: () => undefined }),

    /** Swaps the copy into a system that runs. */
    swapInto: (system: TestSystem) => system.swap(write()),
  };
}
