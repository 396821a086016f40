import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderIdOf } from '../src/order-system.ts';
import { tellStory } from '../src/story.ts';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { type BrokenSystem, breakFunctions } from './broken-functions.ts';

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
  system = await startTestSystem({ outDir: broken.outDir });
});
afterAll(async () => {
  await system?.close();
  broken?.remove();
});

const placeAnOrder = async () => {
  const { orderId } = await system.placeOrder();
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
