import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sdkConfig, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { withBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const dataDir = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true }));

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

withBrowser((launch) => {
  let browser: Browser;
  let system: TestSystem;
  let page: Page;
  /** What the browser reports as an error, or as refused by the policy of the page. */
  let complaints: string[];
  beforeAll(async () => {
    [browser, system] = await Promise.all([launch(), startTestSystem({ dataDir })]);
    // The browser starts a process for each new page.
    page = await browser.newPage({ acceptDownloads: true });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });
  beforeEach(async () => {
    complaints = [];
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1300, height: 950 });
    // Each load costs half a second of CPU. A test takes the page as the one before left it, and goes to the first panel.
    if (page.url() !== `${system.endpoint}/_local/`) await page.goto(`${system.endpoint}/_local/`);
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('');
    await panel('Send');
  });
  afterEach(async () => {
    await system.partnerBehaves({});
    await system.settled();
  });

  /** The orders that are listed; with an id, that one. */
  const order = (id = '') => page.locator('.orders li button').filter({ hasText: id });
  const panel = (name: string) => page.getByRole('navigation').getByRole('button', { name }).click();
  const partnerIsUp = async () => {
    await page.getByRole('button', { name: 'up', exact: true }).click();
    await page.getByRole('button', { name: 'up', exact: true, pressed: true }).waitFor();
  };
  const part = (id: string) => {
    const [, kind = '', name = ''] = /^(.*) (\S+)$/.exec(id) ?? [];
    return page.locator('.part').filter({ hasText: kind }).filter({ hasText: name });
  };

  test('an order that is placed on the page travels to its dispatch, and lights up its way', async () => {
    await page.getByRole('textbox', { name: 'Category' }).fill('garden-tools');
    await page.getByRole('button', { name: 'Place it by the HTTP API' }).click();
    const answer = await page.getByText('accepted as order').textContent();
    const orderId = answer?.split(' ').at(-1);
    await order(orderId).getByText('Order Dispatched').waitFor();
    await system.settled();
    await order(orderId).click();
    for (const id of ['function orders-producer', 'rule EUOrdertoStepFunctions', 'table OrderDetails']) {
      expect(await part(id).getAttribute('class')).toContain('reached');
    }
    for (const id of ['rule USOrdertoAPI', 'API destination us-fulfilment-partner']) {
      expect(await part(id).getAttribute('class')).toContain('missed');
    }
    const titles = await page.locator('.timeline .title').allTextContents();
    expect(titles).toEqual(
      expect.arrayContaining(['POST /dev/orders', 'Order Placed', 'PutItem OrderDetails']),
    );
    await page.getByRole('searchbox').fill('garden-tools');
    expect(await order().count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('a step shows what was sent, its event, its row, its log, and what let it through', async () => {
    const { orderId } = await system.placeOrder();
    await system.settled();
    await order(orderId).click();
    const drawer = page.locator('.drawer');
    const look = async (step: string | RegExp, ...texts: string[]) => {
      await page.locator('.timeline').getByRole('button', { name: step }).first().click();
      for (const text of texts) await drawer.getByText(text).first().waitFor();
    };
    await look('GET /dev', '?location=eu-west', 'What was answered: 202');
    await look('function orders-producer', 'called by HTTP API orders', 'aws_lambda_permission.api');
    await drawer.getByText('INFO order placed').waitFor();
    await look('Order Placed', '"detail-type": "Order Placed"', 'called by function orders-producer');
    await look('EUOrdertoStepFunctions → state machine', 'states:StartExecution', 'sts:AssumeRole');
    await look(/^state machine EUOrderFulfilment/, 'Input', 'Output');
    await look('PutItem OrderDetails', `"orderId": "${orderId}"`, 'dynamodb:PutItem');
    await look('UpdateItem OrderStatus', 'The row as it is now', '"placedAt"');
    expect(complaints).toEqual([]);
  });

  test('a rule that did not take an order says why', async () => {
    const { orderId } = await system.placeOrder({ location: 'eu-west' });
    await order(orderId).click();
    await part('rule USOrdertoAPI').click();
    await page.locator('.drawer').getByText('not taken').first().waitFor();
    expect(await page.locator('.drawer').textContent()).toMatch(
      /not taken: .*detail\.location.* is "eu-west"/,
    );
    await page.getByText('Why not?').click();
    await page.getByText(/USOrdertoAPI didn't take Order Placed: .*starts with "us-"/).waitFor();
  });

  test('a dead letter says why it waits and which runbook helps, and is sent again when the partner is up', async () => {
    await system.partnerBehaves({ status: 503 });
    const { orderId } = await system.placeOrder({ location: 'us-east-1' });
    await system.settled();
    await order(orderId).getByText('failed: USOrdertoAPI').waitFor();
    await order(orderId).click();
    await part('API destination us-fulfilment-partner').click();
    const [runbook] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'The runbook dead-letters' }).click(),
    ]);
    expect(await runbook.textContent('body')).toContain('# Dead letters');
    await runbook.close();

    await panel('Queues');
    const queue = page.getByRole('region', { name: 'USOrdertoAPI-dead-letters' });
    await queue.getByRole('button', { name: 'Look at them' }).click();
    await queue.getByText(/SDK_CLIENT_ERROR.* answered 503.*after 185 retries/).click();
    await queue.getByRole('button', { name: 'Send all again' }).click();
    await page.getByText('USOrdertoAPI-dead-letters: 0 of 1 delivered').waitFor();
    await partnerIsUp();
    const content = queue.getByRole('textbox', { name: /^Content of/ });
    await content.fill((await content.inputValue()).replace('"value": 300', '"value": 299'));
    await queue.getByRole('button', { name: 'Send this one again, edited' }).click();
    await page.getByText('USOrdertoAPI-dead-letters: 1 of 1 delivered').waitFor();
    await queue.waitFor({ state: 'detached' });
    await order(orderId).getByText('Order Placed').waitFor();
    const received = await system.partnerOrders();
    expect(received.filter(({ detail }) => detail.orderId === orderId)).toMatchObject([
      { detail: { value: 299 } },
    ]);
  });

  test('an event that a function failed for is seen with the error and its line of source', async () => {
    const { orderId } = await system.placeOrder({ location: 'aq-south', value: 3 });
    const eventBridge = new EventBridgeClient(sdkConfig(system));
    for (const value of [1, 2]) {
      const OrderDetails = { category: 'books', location: 'eu-west', value };
      const Detail = JSON.stringify({ OrderId: orderId, OrderDetails });
      const entry = { Source: 'com.aws.orders', DetailType: 'Order Processed', Detail };
      await eventBridge.send(new PutEventsCommand({ Entries: [{ EventBusName: 'Orders', ...entry }] }));
      await system.settled();
    }
    eventBridge.destroy();
    await panel('Queues');
    const queue = page.getByRole('region', { name: 'orders-persister-failures' });
    await queue.getByRole('button', { name: 'Look at them' }).click();
    await queue
      .locator('summary', {
        hasText: /OrderConflictError: Another .* at store \(apps\/persister\/src\/order-table/,
      })
      .click();
    await queue
      .locator('pre', { hasText: /at async dispatchOrder \(apps\/persister\/src\/dispatch/ })
      .waitFor();
    await queue.getByRole('checkbox').check();
    await queue.getByRole('button', { name: 'Send the 1 chosen again' }).click();
    await page.getByText('orders-persister-failures: 1 of 1 delivered').waitFor();
    // The function fails for it once more, three times.
    await system.settled();
    await queue
      .getByText(/OrderConflictError/)
      .first()
      .click();
    await queue.getByRole('button', { name: 'Drop it for good' }).click();
    await queue.waitFor({ state: 'detached' });
  });

  test('an order that waits for a retry goes on when time is skipped', async () => {
    await system.partnerBehaves({ status: 503 });
    const { orderId } = await system.placeOrder({ location: 'us-east-1' });
    // By then, it is minutes to the next attempt, which doesn't come meanwhile by itself.
    await system.advance(1);
    await order(orderId).click();
    const skip = page.getByRole('button', { name: 'Skip ahead' });
    await skip.waitFor();
    await partnerIsUp();
    await skip.click();
    await order(orderId).getByText('Order Placed').waitFor();
    const received = await system.partnerOrders();
    expect(received.filter(({ detail }) => detail.orderId === orderId)).toHaveLength(1);
  });

  test('an order is edited, sent again, and the new one opens beside the old one', async () => {
    await page.getByRole('button', { name: 'Place it by the HTTP API' }).click();
    await page.getByText('accepted as order').waitFor();
    const { orderId } = await system.placeOrder({ location: 'aq-south' });
    await order(orderId).click();
    await page.getByRole('button', { name: 'Edit and send again' }).click();
    const location = page.getByRole('textbox', { name: 'Location' });
    expect(await location.inputValue()).toBe('aq-south');
    await location.fill('eu-west');
    // The form stays open while other orders come, also if one was sent from it before.
    const other = await system.placeOrder({ location: 'aq-south' });
    await order(other.orderId).waitFor();
    expect(await location.inputValue()).toBe('eu-west');
    await page.getByRole('button', { name: 'Place it by the HTTP API' }).click();
    const beside = page.getByRole('region', { name: /^Order / });
    await beside.nth(1).waitFor();
    expect(await beside.nth(1).getByRole('heading').textContent()).toContain(orderId);
    await beside.nth(0).getByText('Order Dispatched').first().waitFor();
  });

  test('a field that breaks the contract can not be sent, and the page says why', async () => {
    const sends = ['Place it by the HTTP API', 'Put it on the bus Orders'].map((name) =>
      page.getByRole('button', { name }),
    );
    await page.getByRole('textbox', { name: 'Value' }).fill('-1');
    await page.getByText('received -1, allowed is a number').waitFor();
    for (const send of sends) expect(await send.isDisabled()).toBe(true);
    await page.getByRole('combobox', { name: 'Example' }).selectOption({ label: 'smallest value' });
    for (const send of sends) expect(await send.isDisabled()).toBe(false);
    await page.getByText('The whole detail, as JSON').click();
    await page.getByRole('textbox', { name: 'Detail' }).fill('[]');
    await page.getByText('the whole: received').waitFor();
    for (const send of sends) expect(await send.isDisabled()).toBe(true);
  });

  test('a time of the archive is replayed to the rules that are chosen', async () => {
    const { orderId } = await system.placeOrder({ location: 'us-east-1' });
    await system.settled();
    await panel('Archive');
    await page.getByRole('button', { name: 'the last day' }).click();
    await page.getByRole('checkbox', { name: 'USOrdertoAPI' }).check();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page
      .getByText(/^Orders-\d+: completed/)
      .first()
      .waitFor();
    await order(orderId).click();
    const deliveries = page.locator('.timeline .title', { hasText: 'USOrdertoAPI →' });
    await deliveries.nth(1).waitFor();
    expect(await page.locator('.timeline .title', { hasText: 'OrdertoTracker →' }).count()).toBe(1);
  });

  test('a fault is switched on and off', async () => {
    await panel('Faults');
    const isDown = (checked: boolean) => page.getByRole('checkbox', { name: /^partner-down/, checked });
    await isDown(false).click();
    await page.getByRole('spinbutton', { name: /partner-down/ }).fill('100');
    await page.getByRole('spinbutton', { name: /partner-down/ }).blur();
    const { orderId } = await system.placeOrder({ location: 'us-east-1' });
    await order(orderId).click();
    await page.getByText('injected: partner-down').first().waitFor();
    await panel('Faults');
    await isDown(true).click();
    await isDown(false).waitFor();
    await system.settled();
    await order(orderId).getByText('Order Placed').waitFor();
  });

  test('what was swapped in is said, and what could not be is an error until something is', async () => {
    system.tell({ kind: 'problem', text: 'infra/src/order-stack.ts:1: no' });
    await page.locator('p.error', { hasText: 'infra/src/order-stack.ts:1: no' }).waitFor();
    system.tell({ kind: 'changed', text: 'rule New is new' });
    await page.locator('p.hint', { hasText: 'rule New is new' }).waitFor();
    expect(await page.locator('p.error').count()).toBe(0);
  });

  test("an order's story is saved as one file, which opens with the network off", async () => {
    const { orderId } = await system.placeOrder();
    await system.settled();
    await order(orderId).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as one HTML file' }).click(),
    ]);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    const away = await browser.newContext({ offline: true });
    try {
      const shared = await away.newPage();
      const requests: string[] = [];
      shared.on('request', (request) => requests.push(request.url()));
      shared.on('console', (message) => complaints.push(message.text()));
      await shared.goto(pathToFileURL(file).href);
      expect(await shared.getByRole('heading', { level: 1 }).textContent()).toBe(`Order ${orderId}`);
      const step = shared.locator('details', { hasText: 'function orders-persister' }).last();
      await step.locator('summary').click();
      await step.getByText('order stored').first().waitFor();
      expect(await violationsOf(shared)).toEqual([]);
      expect(requests).toEqual([pathToFileURL(file).href]);
      expect(complaints).toEqual([]);
    } finally {
      await away.close();
    }
  });

  test('a hostile field is text', async () => {
    const hostile = '<img src="x" onerror="document.title = 1">';
    const eventBridge = new EventBridgeClient(sdkConfig(system));
    const Detail = JSON.stringify({ orderId: hostile, category: hostile, location: 'eu-west', value: 1 });
    const entry = { EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: hostile, Detail };
    await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
    eventBridge.destroy();
    await order(hostile).click();
    await page.locator('.timeline').getByText(hostile).first().click();
    await page.locator('.drawer').getByText(hostile).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Orders, on this machine');
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', 400],
    ['dark', 2_000],
  ] as const)('axe finds nothing in %s at a width of %d pixels', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const { orderId } = await system.placeOrder({ location: 'aq-south' });
    await system.settled();
    for (const name of ['Send', 'Queues', 'Archive', 'Faults']) {
      await panel(name);
      // The map and the list are looked at below, with an order.
      expect([name, await violationsOf(page, '.side')]).toEqual([name, []]);
    }
    await order(orderId).click();
    await page.locator('.timeline button').first().click();
    await page.getByText('Why not?').click();
    expect(await violationsOf(page)).toEqual([]);
    const overall = await page.locator('html').evaluate((html) => Object(html).scrollWidth as number);
    expect(overall).toBeLessThanOrEqual(width);
  });

  test('the page says that the system is gone, comes back with it, and has the orders from before', async () => {
    const { orderId } = await system.placeOrder({ category: 'before-the-restart' });
    await system.settled();
    await system.close();
    await page.getByText('not connected; trying again').waitFor();
    system = await startTestSystem({ dataDir, port: Number(new URL(system.endpoint).port) });
    await page.getByText('live', { exact: true }).waitFor();
    await order(orderId).click();
    await page.locator('.timeline').getByText('PutItem OrderDetails').waitFor();
  });
});

/** What axe finds on a page, or in a part of it. */
async function violationsOf(page: Page, part = 'html'): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe);
  return page.evaluate(async (selector) => {
    const { axe: run } = globalThis as unknown as {
      axe: {
        run(
          part: string,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    // What it says of elements that pass, and the selectors of all elements, take a fifth of its time.
    const { violations } = await run.run(selector, { resultTypes: ['violations'], selectors: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  }, part);
}
