import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderIdOf } from '../src/order-system.ts';
import { tellStory } from '../src/story.ts';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { type BrokenSystem, breakFunctions } from './broken-functions.ts';
import { putEvent } from './put-event.ts';
import { readOriginal, removeRuleOf, stackFile } from './stack-copy.ts';

let broken: BrokenSystem;
let system: TestSystem;
beforeAll(async () => {
  // The persister doesn't await its publisher.
  broken = breakFunctions([
    {
      app: 'persister',
      code: /let\[([\w$]+)\]=await ([\w$]+)\((?=\{detailType:"Order Dispatched")/,
      broken: 'let $1;$2(',
    },
  ]);
  // Nothing tracks the orders, which would take as long again.
  const stack = readOriginal();
  removeRuleOf(stack.resource, 'OrdertoTracker');
  writeFileSync(join(broken.outDir, stackFile), JSON.stringify(stack));
  system = await startTestSystem({ outDir: broken.outDir });
});
afterAll(async () => {
  await system?.close();
  broken?.remove();
});

/** Puts an order on the bus, which goes through the workflow to the persister. */
const placeAnOrder = async () => {
  const orderId = crypto.randomUUID();
  const order = { category: 'office-supplies', location: 'eu-west', value: 300 };
  await putEvent(system, 'Order Placed', { orderId, ...order });
  await system.settled();
  return orderId;
};
const dispatched = (orderId: string) =>
  system.events(orderId).filter((event) => event['detail-type'] === 'Order Dispatched');

test('an order whose publisher is not awaited is dispatched with the next order, and its story says why', async () => {
  const first = await placeAnOrder();
  const isFrozen = process.platform !== 'win32';
  if (isFrozen) expect(dispatched(first)).toEqual([]);
  expect(tellStory(system.story(first), process.stdout)).toMatch(
    /function orders-persister has answered and left .*the request AWSEvents\.PutEvents\. .*: what was left goes on with its next invocation, or never/,
  );

  await placeAnOrder();
  expect(dispatched(first)).toHaveLength(1);
  // It is told under the invocation that left it.
  const flows = [...system.trace.entries()].flatMap((entry) =>
    entry.type === 'begun' && entry.activity.kind === 'event' && orderIdOf(entry.activity.event) === first
      ? [entry.flowId]
      : [],
  );
  expect(new Set(flows).size).toBe(1);
});
