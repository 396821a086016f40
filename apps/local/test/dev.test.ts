import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { repository } from '../src/dev/places.ts';
import { createStackBuilder } from '../src/dev/stack-builder.ts';
import { startOrderSystem } from '../src/order-system.ts';
import { synthesized } from '../src/testing/index.ts';
import { openDebugger } from './debugger.ts';
import { copySources, rowsOf, startDev } from './started-dev.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('pnpm dev runs the next order by code that was edited, leaves the old code for types that do not fit, and ends with 0 by SIGTERM', async () => {
  const { root, remove } = copySources();
  ends.push(remove);
  const file = join(root, 'apps/persister/src/dispatch-order.ts');
  const before = readFileSync(file, 'utf8');
  const edit = (category: string) => {
    const last = '      ...pickPresent(processed.detail.OrderDetails, carriedOn),\n';
    expect(before).toContain(last);
    writeFileSync(file, before.replace(last, `${last}      category: ${category},\n`));
  };
  const system = await startDev(root);
  ends.push(system.close);
  const first = await system.placeOrder();
  expect(rowsOf(await system.story(first))).toMatchObject([{ category: 'tea' }]);

  const told = system.notice();
  edit("'edited'");
  await system.printed(/↻ function orders-persister has other code/);
  expect(await told).toEqual({ kind: 'changed', text: 'function orders-persister has other code' });
  expect(rowsOf(await system.story(await system.placeOrder()))).toMatchObject([{ category: 'edited' }]);
  // What was there before is there.
  expect(rowsOf(await system.story(first))).toMatchObject([{ category: 'tea' }]);

  edit('7');
  expect(await system.printed(/✗ (.*)/)).toMatch(
    /^apps\/persister\/src\/dispatch-order\.ts\(\d+,\d+\): error TS2322: /,
  );
  expect(rowsOf(await system.story(await system.placeOrder()))).toMatchObject([{ category: 'edited' }]);
  expect(await system.close()).toBe(0);
}, 120_000);

test('a debugger stops the persister at a line of its source', async () => {
  const builder = createStackBuilder({ outDir: synthesized, debuggable: true });
  ends.push(builder.close);
  const { outDir } = await builder.build(['apps/persister/src/dispatch-order.ts']);
  const failures: string[] = [];
  const system = await startOrderSystem({
    outDir,
    port: 0,
    inspectPort: 0,
    onFailure: (message) => failures.push(message),
  });
  ends.push(system.close);
  const debuggers = await system.debuggers();
  expect(debuggers.map((each) => each.function)).toContain('orders-persister');
  const url = debuggers.find((each) => each.function === 'orders-persister')?.url ?? '';

  const session = await openDebugger(url);
  ends.push(session.close);
  const source = resolve(repository, 'apps/persister/src/dispatch-order.ts');
  const line = readFileSync(source, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('await store(order)'));
  await session.breakAt(source, line);
  const answer = await fetch(`${system.apiUrl}?location=eu-west&category=tea&value=1`);
  const { orderId } = (await answer.json()) as { orderId: string };
  expect(await session.paused()).toEqual({ source, line });
  expect(await session.evaluate('order.category')).toBe('tea');
  await session.resume();
  const story = await system.stories.settled(orderId, 20_000);
  expect(story && rowsOf(story)).toHaveLength(1);
  expect(failures).toEqual([]);
}, 120_000);
