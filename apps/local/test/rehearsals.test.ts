import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestSystem, synthesized, type TestSystem } from '../src/testing/index.ts';
import { blocksOf, openRunbookShell } from './runbook-shell.ts';
import { useStackCopy } from './stack-copy.ts';

/** From a real fault, by the commands of its runbook, to the end of the order that it stopped. */

const { forbid, swapInto } = useStackCopy();
let system: TestSystem;
let shell: Awaited<ReturnType<typeof openRunbookShell>>;
beforeAll(async () => {
  system = await startTestSystem();
  shell = await openRunbookShell(system);
});
afterAll(async () => {
  shell?.close();
  await system?.close();
});

/** The commands of a page that look, and of those that do something the first ones: all, or those of the lines that are named. */
async function follow(page: string, isTaken = (_line: string) => true) {
  const [look = '', act = ''] = blocksOf(page);
  const { failed, output, errors } = await shell.run(look + act.split('\n').filter(isTaken).join('\n'));
  expect([failed, errors]).toEqual([[], '']);
  await system.trace.idle();
  return output;
}

// With each swap of the stack, the functions that have run start again: none has run before this test.
test('failed executions: the workflow might not publish, and then goes on where it failed', async () => {
  forbid('orders-dev/workflow/role', 'events:PutEvents');
  await swapInto(system);
  const { orderId } = await system.placeOrder({ location: 'eu-west' });
  await system.advance(1);
  expect(await system.row(orderId)).toBeUndefined();

  await system.swap(synthesized);
  // The page redrives one of them, or all of them.
  const output = await follow('failed-executions.md', (line) => line.includes('all of them'));
  expect(output).toContain(orderId);
  expect(await system.row(orderId)).toMatchObject({ orderId });
  expect(system.events(orderId).map((event) => event['detail-type'])).toContain('Order Dispatched');
});

test('dead letters: the partner was down for a day, and then gets the order', async () => {
  await system.partnerBehaves({ status: 503 });
  const { orderId } = await system.placeOrder({ location: 'us-east-1' });
  await system.advance(25);
  expect(await system.deadLetters('USOrdertoAPI-dead-letters')).toHaveLength(1);

  await system.partnerBehaves({});
  expect(await follow('dead-letters.md')).toMatch(/1 of about 1 messages redelivered/);
  expect(JSON.stringify(await system.partnerOrders())).toContain(orderId);
  expect(await system.deadLetters('USOrdertoAPI-dead-letters')).toEqual([]);
});

test('function failures: the persister could not run for six hours, and then dispatches the order', async () => {
  await shell.run(
    'aws lambda put-function-concurrency --function-name orders-persister --reserved-concurrent-executions 0',
  );
  const { orderId } = await system.placeOrder({ location: 'eu-west' });
  await system.advance(7);
  expect(await system.row(orderId)).toBeUndefined();

  await shell.run('aws lambda delete-function-concurrency --function-name orders-persister');
  expect(await follow('function-failures.md')).toMatch(/1 of about 1 messages redelivered/);
  expect(await system.row(orderId)).toMatchObject({ orderId });
  expect(system.events(orderId).map((event) => event['detail-type'])).toContain('Order Dispatched');
});
