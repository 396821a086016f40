import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { isObject, type JsonObject } from '@orders/local-aws';
import { startTestSystem, synthesized, type TestSystem } from '../src/testing/index.ts';

/** The resources of a stack, by type and then by id. */
export type Resources = Record<string, Record<string, JsonObject>>;

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

function removeRuleOf(resources: Resources, rule: string): void {
  for (const ofType of Object.values(resources)) {
    for (const [id, config] of Object.entries(ofType)) {
      const refers = JSON.stringify(config).includes(`.bus_${rule}_`);
      if (refers || pathOf(config).includes(`/bus/${rule}/`)) delete ofType[id];
    }
  }
}

/** Gives each test a copy of the synthesized stack `dev`, which the test can change before it starts it. */
export function useStackCopy() {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orders-stack-'));
    cpSync(synthesized, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function change(changeResources: (resources: Resources) => void): void {
    const file = join(dir, 'stacks/orders-dev/cdk.tf.json');
    const stack = JSON.parse(readFileSync(file, 'utf8')) as { resource: Resources };
    changeResources(stack.resource);
    writeFileSync(file, JSON.stringify(stack));
  }

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
      rmSync(dir, { recursive: true });
      cpSync(synthesized, dir, { recursive: true });
    },

    /** Starts the copy. Nobody asks it for lines of source: finding them takes as long as an order. */
    start: () => startTestSystem({ outDir: dir, findSourceLine: () => undefined }),

    /** Swaps the copy into a system that runs. */
    swapInto: (system: TestSystem) => system.swap(dir),
  };
}
