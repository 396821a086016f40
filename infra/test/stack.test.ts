import { describe, expect, test } from '@jest/globals';
import { readableStack } from '../scripts/readable-stack.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { stageNames } from '../src/stages.ts';
import { invariants } from './invariants/all.ts';
import { unnoticed } from './safeguards.ts';
import { Stack } from './stack.ts';

const stages = stageNames.map((name) => ({ name, json: synthStack(name) }));

describe.each(stages)('$name', ({ json }) => {
  const stack = new Stack(readableStack(json));

  test.each(invariants)('$name', ({ faults }) => {
    expect(faults(stack)).toEqual([]);
  });

  test('has no part that these tests leave out, such as a module', () => {
    const parts = ['//', 'data', 'output', 'provider', 'resource', 'terraform', 'variable'];
    expect(Object.keys(json).sort()).toEqual(parts);
  });
});

test('a safeguard that is removed is named by an invariant or by the snapshot, and every invariant can be broken', () => {
  expect(unnoticed()).toEqual([]);
});
