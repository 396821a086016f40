import { expect, test } from '@jest/globals';
import { DefaultTokenResolver, StringConcat, type TerraformResource, Tokenization } from 'cdktf';
import type { Construct } from 'constructs';
import { elementsOf } from '../scripts/stack-json.ts';
import { synthesize } from '../scripts/synthesize.ts';
import type { Allow } from '../src/constructs/policy.ts';
import { OrderStack } from '../src/order-stack.ts';
import { stageOf } from '../src/stages.ts';

/** The calls that the synthesized stack notes beside its resources: a refused action is told by them. */

let stack!: OrderStack;
const json = synthesize((app) => {
  stack = new OrderStack(app, stageOf('dev'));
  return stack;
});

const noted = elementsOf(json).flatMap(({ path, block }) => {
  const { grants = {} } = block['//'] as { grants?: Record<string, string> };
  return Object.entries(grants).map(([action, call]) => ({ path, action, call }));
});

/** A construct by its path in the stack. */
const find = (path: string) =>
  path.split('/').reduce((scope: Construct, id) => scope.node.findChild(id) as Construct, stack);

test('there are some, for more than one kind of construct', () => {
  expect(new Set(noted.map(({ call }) => call)).size).toBeGreaterThan(2);
});

test.each(noted.map(({ path, action, call }) => [path, call, action]))(
  '%s: %s allows %s on this resource alone',
  (path, call, noted) => {
    const resource = find(path) as TerraformResource & { arn: string };
    const owner = find(path.replace(/\/[^/]+$/, ''));
    const action = noted.replace('*', 'GetItem');
    const [, name = '', argument] = /^(\w+)\((?:'(.*)')?\)$/.exec(call) ?? [];
    const method = (owner as unknown as Record<string, (...args: string[]) => Allow>)[name];

    const allow = method?.apply(owner, argument === undefined ? [] : [argument.replace('<action>', action)]);
    const resolver = new DefaultTokenResolver(new StringConcat());
    const resolve = (value: unknown) => Tokenization.resolve(value, { scope: stack, resolver });
    expect(resolve(allow)).toEqual({ actions: [action], resources: [resolve(resource.arn)] });
  },
);

test('they are for every action that a construct of the stack gets by `allow`', () => {
  const policies = elementsOf(json).filter(
    ({ type, path }) => type === 'aws_iam_role_policy' && /^\w+\/role\/policy$/.test(path),
  );
  const actions = policies
    .flatMap(({ attributes }) => JSON.parse(String(attributes.policy)).Statement as { Action: string[] }[])
    .flatMap(({ Action }) => Action)
    // The constructs add their own logs and traces.
    .filter((action) => !/^(logs|xray):/.test(action));
  const isNoted = (action: string) =>
    noted.some((note) => note.action === action || note.action === action.replace(/:.*/, ':*'));
  expect(actions.length).toBeGreaterThan(6);
  expect(actions.filter((action) => !isNoted(action))).toEqual([]);
});
