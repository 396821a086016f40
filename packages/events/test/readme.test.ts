import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readContract } from '@orders/contract';
import { parse as parseYaml } from 'yaml';
import { withEventTable } from '../scripts/event-table.ts';
import { pattern } from '../src/index.ts';
import { compileTypeScript, ofConsumer } from './type-check.ts';

const packageDir = resolve(import.meta.dirname, '..');
const infraDir = resolve(packageDir, '../../infra');
const readme = readFileSync(join(packageDir, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);

/** CfnRule as the AWS CDK documents it, as far as the example uses it: the package has 156 MB. */
const cdkRule = `declare module 'aws-cdk-lib/aws-events' {
  export interface CfnRuleProps { readonly eventBusName?: string; readonly eventPattern?: unknown }
  import { Construct } from 'constructs';
  export class CfnRule extends Construct {
    constructor(scope: Construct, id: string, props?: CfnRuleProps);
  }
}`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-readme-'));
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(dir, 'node_modules', name)), { recursive: true });
    symlinkSync(target, join(dir, 'node_modules', name));
  };
  link('@orders/events', packageDir);
  for (const name of ['@aws-sdk/client-eventbridge', '@types/node', 'constructs'])
    link(name, join(packageDir, 'node_modules', name));
  for (const name of ['@cdktf/provider-aws', 'cdktf']) link(name, join(infraDir, 'node_modules', name));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(dir, 'aws-cdk-lib.d.ts'), cdkRule);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the table of events is up to date; `pnpm docs:generate` writes it', () => {
  expect(withEventTable(readme, readContract())).toBe(readme);
});

test('the table of entries has each export of the package', () => {
  const { exports } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    exports: object;
  };
  const entries = Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => entry.replace('.', '@orders/events'));
  expect([...readme.matchAll(/^\| `(@orders\/events[^`]*)`/gm)].map(([, entry]) => entry).sort()).toEqual(
    entries.sort(),
  );
});

test('the example of a test passes', () => {
  const code = blocks('ts').at(-1) ?? '';
  const file = join(dir, 'example.test.mjs');
  // The example has no types, so it is JavaScript.
  writeFileSync(file, code);
  // `node --test` would start one more process for the same file.
  const { status, stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8', env: {} });
  expect(stdout).toMatch(/pass 2/);
  expect(status).toBe(0);
});

describe("the README's examples", () => {
  test('in TypeScript compile', () => {
    const files = blocks('ts').map((code, index) => {
      const file = `example-${index}.ts`;
      writeFileSync(join(dir, file), code);
      return file;
    });
    expect(files).toHaveLength(9);
    const compilerOptions = { ...ofConsumer, noEmit: true, skipLibCheck: true, types: ['node'] };
    expect(compileTypeScript(dir, { compilerOptions, files: [...files, 'aws-cdk-lib.d.ts'] })).toEqual([]);
  });

  const built = pattern('Order Dispatched', { value: [{ numeric: ['>=', 1000] }] });

  test('of a rule in Terraform is HCL, and has the pattern that is built in TypeScript', async () => {
    const [hcl = ''] = blocks('hcl');
    const { resource } = (await parse('example.tf', hcl)) as {
      resource: { aws_cloudwatch_event_rule: { large_orders: Record<string, string>[] } };
    };
    const [{ event_pattern = '', ...others } = {}, ...more] = resource.aws_cloudwatch_event_rule.large_orders;
    expect([others, more]).toEqual([{ event_bus_name: 'Orders' }, []]);
    // HCL writes objects as JSON does, except for equals signs and optional commas.
    const object = /^\$\{jsonencode\((\{.*\})\)\}$/s.exec(event_pattern)?.[1] ?? '';
    expect(JSON.parse(object.replace(/ += /g, ': ').replace(/\]\n/g, '],\n'))).toEqual(built);
  });

  test('of a rule in SAM is YAML, and has the pattern that is built in TypeScript', () => {
    const [yaml = ''] = blocks('yaml');
    expect(parseYaml(yaml)).toEqual({
      Events: {
        LargeOrders: {
          Type: 'EventBridgeRule',
          Properties: { EventBusName: 'Orders', Pattern: built },
        },
      },
    });
  });
});
