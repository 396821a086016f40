import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListStateMachinesCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sdkConfig } from '@orders/local-aws/testing';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { blocksOf, openRunbookShell, runbooks } from './runbook-shell.ts';

/** Runs every command of every runbook in bash, with a client of AWS, against the local run. */

const pages = readdirSync(runbooks).filter((file) => file.endsWith('.md'));

/** The order that most runbooks have as an example. */
const orderId = '01890a5d-ac96-774b-bcce-000000000001';
/** The one of the page on late orders: Step Functions takes an event only once, and another page has given it that of the first. */
const lateOrderId = '01890a5d-ac96-774b-bcce-000000000002';
const order = { category: 'office-supplies', value: 300 };
const event = (detailType: string, detail: object) => ({
  version: '0',
  id: crypto.randomUUID(),
  'detail-type': detailType,
  source: 'com.aws.orders',
  account: '000000000000',
  time: new Date().toISOString(),
  region: 'eu-west-1',
  resources: [],
  detail,
});
const placed = (location: string, id = orderId) => event('Order Placed', { ...order, orderId: id, location });
const processed = (id = orderId) =>
  event('Order Processed', { OrderId: id, OrderDetails: { ...order, location: 'eu-west' } });

/** What waits in each queue when somebody opens a runbook. */
const waiting: Readonly<Record<string, () => object>> = {
  'USOrdertoAPI-dead-letters': () => placed('us-east-1'),
  'UnroutedOrders-dead-letters': () => placed('aq-south'),
  'EUOrdertoStepFunctions-dead-letters': () => placed('eu-west'),
  'ProcessedOrderstoLambda-dead-letters': () => processed(),
  'OrdertoTracker-dead-letters': () => processed(),
  'OrdertoCloudWatch-dead-letters': () => processed(),
  'orders-persister-failures': () => ({
    requestContext: {},
    requestPayload: processed(),
    responsePayload: {},
  }),
  'orders-tracker-failures': () => ({ requestContext: {}, requestPayload: processed(), responsePayload: {} }),
  UnroutedOrders: () => placed('aq-south'),
};

let system: TestSystem;
let shell: Awaited<ReturnType<typeof openRunbookShell>>;
const run = (commands: string) => shell.run(commands);

beforeAll(async () => {
  system = await startTestSystem();
  shell = await openRunbookShell(system);
  // One after the other, so that one process of a function starts for all of them.
  for (const id of [orderId, lateOrderId]) {
    for (const each of [placed('us-east-1', id), processed(id)]) {
      await publish(each);
      await system.trace.idle();
    }
  }
  await failExecution();
  await system.trace.idle();
});
afterAll(async () => {
  shell?.close();
  await system?.close();
});

async function publish({ 'detail-type': DetailType, source: Source, detail }: ReturnType<typeof event>) {
  const client = new EventBridgeClient(sdkConfig(system));
  const entry = { EventBusName: 'Orders', Source, DetailType, Detail: JSON.stringify(detail) };
  await client.send(new PutEventsCommand({ Entries: [entry] }));
  client.destroy();
}

/** An execution that fails, for an input without a field that the definition reads. */
async function failExecution() {
  const client = new SFNClient(sdkConfig(system));
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  await client.send(
    new StartExecutionCommand({ stateMachineArn: stateMachines[0]?.stateMachineArn, input: '{}' }),
  );
  client.destroy();
}

/** Puts a message into each queue that a page reads. */
async function fillQueues(page: string) {
  const text = blocksOf(page).join('\n');
  const named = [...text.matchAll(/^(\w+)=(\w[\w-]*)$/gm)].reduce(
    (replaced, [, name, value = '']) => replaced.replaceAll(`$${name}`, value),
    text,
  );
  const client = new SQSClient(sdkConfig(system));
  for (const [name, body] of Object.entries(waiting)) {
    if (!named.includes(name)) continue;
    const QueueUrl = `${system.endpoint}/000000000000/${name}`;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body()) }));
  }
  client.destroy();
}

/**
 * The commands of a page, each in a line of its own: before &&, a command may fail and set off no trap. The table isn't restored
 * to the time of the example, at which it wasn't there, but to now.
 */
const commandsOf = (page: string): string =>
  blocksOf(page)
    .join('\n')
    .replaceAll('source docs/runbooks/commands.sh', '')
    .replaceAll('restore 2026-01-31T12:00:00Z', `restore ${new Date().toISOString()}`)
    .replaceAll(' && ', '\n');

describe.each(pages)('%s', (page) => {
  test('has commands that all work here', async () => {
    await fillQueues(page);
    const { failed, output, errors } = await run(commandsOf(page));
    if (failed.length > 0) throw new Error(`These commands failed:\n${failed.join('\n')}\n${errors}`);
    // Whatever a page sends again has arrived.
    for (const [, count, of] of output.matchAll(/(\d+) of about (\d+) messages redelivered/g)) {
      expect([Number(count) > 0, count === of, output]).toEqual([true, true, output]);
    }
  }, 180_000);
});

test('where_is says where an order is: its row and its events, or the queue in which it waits', async () => {
  const { orderId: dispatched } = await system.placeOrder({ location: 'eu-west' });
  await system.trace.idle();
  const { output } = await run(`where_is ${dispatched}`);
  expect(output).toContain(`"S": "${dispatched}"`);
  expect(output.match(/"Order (Placed|Processed|Dispatched)"/g)?.sort()).toEqual([
    '"Order Dispatched"',
    '"Order Placed"',
    '"Order Processed"',
  ]);
  expect(output).toMatch(/# the queues in which it waits\n$/);

  const { orderId: unrouted } = await system.placeOrder({ location: 'aq-south' });
  await system.trace.idle();
  const { output: waiting, failed } = await run(`where_is ${unrouted}`);
  expect(waiting).toMatch(/# the queues in which it waits\nUnroutedOrders\n$/);
  expect(failed).toEqual([]);
});

test('an order that a rule did not take is found late, and delivered', async () => {
  await run('aws events disable-rule --event-bus-name Orders --name EUOrdertoStepFunctions');
  const { orderId: late } = await system.placeOrder({ location: 'eu-west' });
  await system.trace.idle();
  await run('aws events enable-rule --event-bus-name Orders --name EUOrdertoStepFunctions');
  const { orderId: dispatched } = await system.placeOrder({ location: 'eu-west' });
  await system.trace.idle();
  const { output: before } = await run('undispatched');
  expect(before).toContain(late);
  expect(before).not.toContain(dispatched);

  const { failed } = await run(`lost 'Order Placed' ${late} | to_target EUOrdertoStepFunctions`);
  expect(failed).toEqual([]);
  await system.trace.idle();
  expect((await run('undispatched')).output).not.toContain(late);
  expect(await system.row(late)).toMatchObject({ orderId: late });
});

test('the API takes no orders while it is stopped, and loses none', async () => {
  const section =
    readFileSync(join(runbooks, 'README.md'), 'utf8').split('## Stop and start the API')[1] ?? '';
  const [stop = '', start = ''] = /```bash\n(.*?)```/s.exec(section)?.[1]?.split('\n') ?? [];
  const { orderId: before } = await system.placeOrder({ location: 'eu-west' });
  expect((await run(stop)).failed).toEqual([]);

  const later = { ...order, location: 'eu-west' };
  const headers = { 'idempotency-key': crypto.randomUUID() };
  expect((await system.sendOrder(later, headers)).status).toBe(503);
  await system.trace.idle();
  const followed = await fetch(new URL(`/dev/orders/${before}`, system.endpoint));
  expect([followed.status, await followed.json()]).toEqual([
    200,
    expect.objectContaining({ status: 'dispatched' }),
  ]);

  expect((await run(start)).failed).toEqual([]);
  const { orderId } = await system.placeOrder(later, headers);
  await system.trace.idle();
  expect(await system.row(orderId)).toMatchObject({ orderId });
});

test('a row that was deleted is back after a restore to a time before', async () => {
  const { orderId: deleted } = await system.placeOrder({ location: 'eu-west' });
  await system.trace.idle();
  const row = await system.row(deleted);
  const { now: before } = (await (await fetch(`${system.endpoint}/_local/clock`)).json()) as { now: string };
  const { failed, errors } = await run(
    [
      `aws dynamodb delete-item --table-name OrderDetails --key '{"orderId":{"S":"${deleted}"}}'`,
      `restore ${before}`,
      'copy_rows',
      'aws dynamodb delete-table --table-name OrderDetails-restored',
    ].join('\n'),
  );
  expect([failed, errors]).toEqual([[], '']);
  expect(row).toMatchObject({ orderId: deleted });
  expect(await system.row(deleted)).toEqual(row);
});

test('metrics are those of what has happened here, and so are alarms', async () => {
  await system.placeOrder({ location: 'eu-west' });
  await failExecution();
  await system.trace.idle();
  const { output } = await run(
    'attempts ProcessedOrderstoLambda SuccessfulInvocationAttempts\nconcurrency orders-persister',
  );
  const [attempts = 0, atOnce = 0] = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split('\t')[1]));
  expect([attempts >= 1, atOnce >= 1, output]).toEqual([true, true, output]);
  const { output: counted } = await run('aws cloudwatch list-metrics --namespace Orders');
  expect(counted).toContain('"MetricName": "OrdersPlaced"');
  const { output: alarms } = await run(
    "aws cloudwatch describe-alarms --state-value ALARM --query 'MetricAlarms[].AlarmName' --output text",
  );
  expect(alarms).toContain('EUOrderFulfilment-failed-executions');
});

test('an order has a trace, in which are the functions that it came through', async () => {
  const { orderId: traced } = await system.placeOrder({ location: 'eu-west' });
  await system.trace.idle();
  const flowId = [...system.trace.entries()].findLast(
    (entry) => entry.type === 'begun' && JSON.stringify(entry.activity).includes(traced),
  )?.flowId;
  const since = Math.floor(Date.now() / 1_000) - 3_600;
  const { output, failed } = await run(
    [
      `aws xray get-trace-summaries --start-time ${since} --end-time ${since + 7_200} --query 'TraceSummaries[].Id' \\`,
      `  --filter-expression 'service("orders-producer") AND ok'`,
      `aws xray batch-get-traces --trace-ids ${flowId}`,
    ].join('\n'),
  );
  expect(failed).toEqual([]);
  expect(output).toContain(`"${flowId}"`);
  for (const name of ['orders-producer', 'EUOrderFulfilment', 'orders-persister']) {
    expect(output).toContain(`\\"name\\":\\"${name}\\"`);
  }
});
