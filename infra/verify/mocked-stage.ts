import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, elementsOf, reference } from '../scripts/stack-json.ts';
import { readStack, synth } from '../scripts/synthesize.ts';
import type { Terraform } from './terraform.ts';
import { variables } from './variables.ts';

/** The value that the mocked AWS gives an attribute of a resource. It names both, so that no two are equal. */
export function answer(path: string, attribute: string): string {
  // Not the usual partition, so that an ARN written by hand shows.
  if (attribute === 'partition') return 'aws-cn';
  if (attribute === 'account_id') return '123456789012';
  const name = `${path.replaceAll('/', '-')}.${attribute}`;
  return attribute.endsWith('arn') ? `arn:aws-cn:mock:cn-north-1:123456789012:${name}` : name;
}

/** A resource in Terraform's state, where Terraform has resolved every reference. */
export interface Resource {
  /** Its place in the tree of constructs: `bus/USOrdertoAPI/target`. */
  path: string;
  type: string;
  values: Block;
}

/** A stage that Terraform checks with a mocked AWS. */
export interface MockedStage {
  /** The folder to remove at the end. */
  outdir: string;
  /** What `terraform validate` finds. */
  validate(): unknown;
  /** The stack's resources after `terraform apply`. */
  apply(): Resource[];
  /** What `terraform plan` shows to a person. Throws if one of the conditions, in Terraform's language, is false. */
  printPlan(...conditions: string[]): string;
}

/** Lets `terraform test` destroy at its end what it has made, which `prevent_destroy` would refuse. */
function allowDestroy(moduleDir: string): void {
  const stack = readStack(moduleDir);
  for (const ofType of Object.values(stack.resource))
    for (const attributes of Object.values(ofType)) delete attributes.lifecycle;
  writeFileSync(join(moduleDir, 'cdk.tf.json'), JSON.stringify(stack));
}

/** Synthesizes a stage and initializes Terraform for it. Throws if Terraform refuses. */
export function mockStage(terraform: Terraform, name: string): MockedStage {
  const { outdir, moduleDir } = synth(name);
  allowDestroy(moduleDir);
  const stack = readStack(moduleDir);
  const elements = elementsOf(stack);
  const paths = new Map(elements.map(({ address, path }) => [address, path]));

  function run(...args: string[]): string {
    const { ok, stdout, stderr } = terraform.run(moduleDir, ...args);
    if (ok) return stdout;
    throw new Error(`terraform ${args.join(' ')} fails:\n${stdout}\n${stderr}`);
  }

  /** Runs `terraform test` with one run of this command. */
  function runTest(command: 'plan' | 'apply', conditions: string[], ...options: string[]): string {
    const references = [...JSON.stringify(stack).matchAll(reference)].map(({ groups }) => groups ?? {});
    const overrides = elements.map(({ address, path, attributes }) => {
      const asked = references
        .filter((reference) => reference.address === address)
        .map(({ attribute = '' }) => attribute.slice(1))
        .filter((attribute) => !(attribute in attributes));
      const values = Object.fromEntries(asked.map((attribute) => [attribute, answer(path, attribute)]));
      const kind = address.startsWith('data.') ? 'override_data' : 'override_resource';
      return `${kind} {\n  target = ${address}\n  values = ${JSON.stringify(values)}\n}`;
    });
    const given = Object.entries(variables)
      .filter(([variable]) => variable in stack.variable)
      .map(([variable, value]) => `  ${variable} = ${JSON.stringify(value)}`);
    const assertions = conditions.map(
      (condition) => `  assert {\n    condition = ${condition}\n    error_message = "isn't so"\n  }`,
    );
    const test = [
      'mock_provider "aws" {}',
      ...overrides,
      `variables {\n${given.join('\n')}\n}`,
      `run "${command}" {\n  command = ${command}\n${assertions.join('\n')}\n}`,
    ];
    writeFileSync(join(moduleDir, `${command}.tftest.hcl`), test.join('\n'));
    return run('test', `-filter=${command}.tftest.hcl`, '-verbose', '-no-color', ...options);
  }

  try {
    const offline = ['-backend=false', `-plugin-dir=${terraform.pluginDir}`];
    run('init', '-input=false', '-no-color', '-lockfile=readonly', ...offline);
  } catch (error) {
    rmSync(outdir, { recursive: true });
    throw error;
  }
  return {
    outdir,
    validate: () => JSON.parse(terraform.run(moduleDir, 'validate', '-json').stdout),
    printPlan: (...conditions) => runTest('plan', conditions),
    apply() {
      interface Message {
        test_state?: { root_module: { resources: { address: string; type: string; values: Block }[] } };
      }
      const states = runTest('apply', [], '-json')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : ((JSON.parse(line) as Message).test_state ?? [])));
      const resources = states.flatMap(({ root_module }) => root_module.resources);
      return resources.map(({ address, type, values }) => ({
        path: paths.get(address) ?? address,
        type,
        values,
      }));
    },
  };
}
