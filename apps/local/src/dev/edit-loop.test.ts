import { expect, test } from '@jest/globals';
import type { Notice } from '@orders/local-aws';
import { BuildError } from './build-error.ts';
import { createEditLoop } from './edit-loop.ts';
import type { Changed } from './stack-builder.ts';

/**
 * A loop around a builder that notes what it does.
 *
 * @param build what a build does beside noting it: an error that it throws is of the sources
 */
function makeLoop({
  build = async () => {},
  swap = async () => ['function f has other code'],
}: {
  build?: (changed: Changed) => Promise<void>;
  swap?: (outDir: string) => Promise<string[]>;
}) {
  const builds: Changed[] = [];
  const told: Notice[] = [];
  const details: (string | undefined)[] = [];
  const removed: string[] = [];
  const loop = createEditLoop({
    builder: {
      async build(changed) {
        builds.push(changed);
        const outDir = `build ${builds.length}`;
        await build(changed);
        return { outDir, remove: () => removed.push(outDir) };
      },
    },
    swap,
    isMendable: (error) => error instanceof RangeError,
    tell(notice, detail) {
      told.push(notice);
      details.push(detail);
    },
  });
  return { loop, builds, told, details, removed };
}

test('what is edited is built and swapped in, and the folder of the stack before is removed', async () => {
  const { loop, builds, told, removed } = makeLoop({});
  loop.edited(['a']);
  await loop.idle();
  loop.edited(['b']);
  await loop.idle();
  expect(builds).toEqual([['a'], ['b']]);
  expect(told).toEqual([
    { kind: 'changed', text: 'function f has other code' },
    { kind: 'changed', text: 'function f has other code' },
  ]);
  expect(removed).toEqual(['build 1']);
});

test('what is edited during a build is built after it, once', async () => {
  const gate = Promise.withResolvers<void>();
  const { loop, builds } = makeLoop({ build: () => gate.promise });
  loop.edited(['a']);
  loop.edited(['b']);
  loop.edited(['c']);
  gate.resolve();
  await loop.idle();
  expect(builds).toEqual([['a'], ['a', 'b', 'c']]);
});

test('what does not build is told with its reason, and is in the next build again', async () => {
  const { loop, builds, told, details } = makeLoop({
    async build(changed) {
      if (changed.length === 1) throw new BuildError('a.ts:1: no\n  and more');
    },
  });
  loop.edited(['a']);
  await loop.idle();
  loop.edited(['b']);
  await loop.idle();
  expect(builds).toEqual([['a'], ['a', 'b']]);
  expect(told[0]).toEqual({ kind: 'problem', text: 'a.ts:1: no' });
  expect(details[0]).toBe('a.ts:1: no\n  and more');
  expect(told[1]).toMatchObject({ kind: 'changed' });
});

test('a stack that can not run is removed, and the one that runs is not', async () => {
  let count = 0;
  const { loop, told, removed } = makeLoop({
    async swap() {
      count += 1;
      if (count === 2) throw new RangeError('the local run does not know it');
      return [];
    },
  });
  for (const path of ['a', 'b', 'c']) {
    loop.edited([path]);
    await loop.idle();
  }
  expect(told.map(({ text }) => text)).toEqual([
    'Nothing that runs is different',
    'the local run does not know it',
    'Nothing that runs is different',
  ]);
  expect(removed).toEqual(['build 2', 'build 1']);
});
