import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differences } from '../scripts/differences.ts';
import { type Block, elementsOf, reference } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';
import { answer, type MockedStage, mockStage, type Resource } from './mocked-stage.ts';
import { withTerraform } from './terraform.ts';
import { variables } from './variables.ts';

/**
 * The attributes of every resource, by path, as Terraform has to resolve them. A reference becomes the attribute that it
 * names if the stack sets it, and otherwise the answer of the mocked AWS. The invariants of `infra/test` and the local run
 * read references by the same rule.
 */
function expectedOf(stage: string): Map<string, Block> {
  const stack = synthStack(stage);
  const elements = elementsOf(stack);
  const resolved = (address: string, attribute: string): string => {
    const name = address.replace('var.', '');
    if (address.startsWith('var.')) return String(variables[name] ?? stack.variable[name]?.default);
    const element = elements.find((candidate) => candidate.address === address);
    if (!element) throw new Error(`${stage} has nothing at ${address}`);
    const value = element.attributes[attribute];
    return value === undefined ? answer(element.path, attribute) : String(resolve(value));
  };
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(reference, (_, address, attribute = '.') => resolved(address, attribute.slice(1)));
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
  };
  return new Map(
    elements.map(({ path, attributes: { depends_on: _, lifecycle: __, ...attributes } }) => [
      path,
      resolve(attributes) as Block,
    ]),
  );
}

/** The part of Terraform's value that the stack sets, in the shape of the stack: Terraform has a block as an array of one. */
function setBy(expected: unknown, actual: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return actual;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return actual;
    return actual.map((item, index) => setBy(expected[index], item));
  }
  const object = Array.isArray(actual) && actual.length === 1 ? actual[0] : actual;
  if (typeof object !== 'object' || object === null) return actual;
  return Object.fromEntries(
    Object.entries(expected).map(([name, inner]) => [name, setBy(inner, (object as Block)[name])]),
  );
}

await withTerraform((terraform) => {
  describe.each(stageNames)('%s, applied to a mocked AWS', (name) => {
    const expected = expectedOf(name);
    let stage: MockedStage;
    let resources: Map<string, Resource>;
    beforeAll(() => {
      stage = mockStage(terraform, name);
      resources = new Map(stage.apply().map((resource) => [resource.path, resource]));
    });
    afterAll(() => stage && rmSync(stage.outdir, { recursive: true, force: true }));

    test('is valid for Terraform and the AWS provider, with no warning', () => {
      expect(stage.validate()).toMatchObject({ valid: true, diagnostics: [] });
    });

    test('has the resources and data sources of the stack, and no others', () => {
      expect([...resources.keys()].sort()).toEqual([...expected.keys()].sort());
    });

    test.each([...expected])('Terraform resolves %s as the stack means it', (path, attributes) => {
      const { values } = resources.get(path) ?? { values: {} };
      expect(differences(setBy(attributes, values), attributes, path)).toEqual([]);
    });

    test("has the partner's key in the connection to the partner, and nowhere else", () => {
      const key = String(variables.us_partner_api_key);
      const holders = [...resources.values()].filter(({ values }) => JSON.stringify(values).includes(key));
      expect(holders.map(({ type }) => type)).toEqual(['aws_cloudwatch_event_connection']);
    });

    test("shows the partner's address in the plan, and never the partner's key", () => {
      const plan = stage.printPlan('issensitive(var.us_partner_api_key)');
      expect(plan).toContain(variables.us_partner_endpoint);
      expect(plan).toContain('(sensitive value)');
      expect(plan).not.toContain(variables.us_partner_api_key);
    });
  });
});
