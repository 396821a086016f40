import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sdkConfig, startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { withBrowser } from './browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

withBrowser((launch) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  let system: TestSystem;
  let page: Page;
  /** What the browser reports as an error, or as refused by the policy of the page. */
  let complaints: string[];
  beforeEach(async () => {
    system = await startTestSystem();
    page = await browser.newPage({ viewport: { width: 1300, height: 950 } });
    complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${system.endpoint}/_local/`);
    await page.getByText('live', { exact: true }).waitFor();
  });
  afterEach(async () => {
    await page?.close();
    await system?.close();
  });

  const order = () => page.locator('.orders li button');
  const partnerIsUp = async () => {
    await page.getByRole('button', { name: 'up', exact: true }).click();
    await page.getByRole('button', { name: 'up', exact: true, pressed: true }).waitFor();
  };
  const part = (id: string) => {
    const [, kind = '', name = ''] = /^(.*) (\S+)$/.exec(id) ?? [];
    return page.locator('.part').filter({ hasText: kind }).filter({ hasText: name });
  };

  test('an order that is placed on the page travels to its dispatch, and lights up its way', async () => {
    await page.getByRole('button', { name: 'Place it by the HTTP API' }).click();
    await order().getByText('Order Dispatched').waitFor();
    await system.settled();
    await order().click();
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
    await page.getByRole('button', { name: 'Order Dispatched' }).last().click();
    await expect(page.locator('.drawer pre').textContent()).resolves.toContain(
      '"detail-type": "Order Dispatched"',
    );
    expect(complaints).toEqual([]);
  });

  test('a rule that did not take an order says why', async () => {
    await system.placeOrder({ location: 'eu-west' });
    await order().click();
    await part('rule USOrdertoAPI').click();
    await page.locator('.drawer').getByText('not taken').first().waitFor();
    expect(await page.locator('.drawer').textContent()).toMatch(
      /not taken: .*detail\.location.* is "eu-west"/,
    );
  });

  test('a dead letter is seen, and sent again when the partner is up', async () => {
    await system.partnerBehaves({ status: 503 });
    await system.placeOrder({ location: 'us-east-1' });
    await system.settled();
    await order().getByText('failed: USOrdertoAPI').waitFor();
    await partnerIsUp();
    const queue = page.getByRole('row', { name: /USOrdertoAPI-dead-letters/ });
    await queue.getByRole('button', { name: 'Send again' }).click();
    await queue.getByText('empty').waitFor();
    expect(await system.partnerOrders()).toHaveLength(1);
  });

  test('an order that waits for a retry goes on when time is skipped', async () => {
    await system.partnerBehaves({ status: 503 });
    await system.placeOrder({ location: 'us-east-1' });
    await order().click();
    const skip = page.getByRole('button', { name: 'Skip ahead' });
    await skip.waitFor();
    await partnerIsUp();
    await skip.click();
    await order().getByText('Order Placed').waitFor();
    expect(await system.partnerOrders()).toHaveLength(1);
  });

  test('a field that breaks the contract can not be sent, and the page says why', async () => {
    const detail = page.getByRole('textbox', { name: 'Detail' });
    await detail.fill((await detail.inputValue()).replace('300', '-1'));
    await page.getByText('/value: received -1, allowed is a number').waitFor();
    for (const name of ['Place it by the HTTP API', 'Put it on the bus Orders']) {
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
  });

  test('a hostile field is text', async () => {
    const hostile = '<img src="x" onerror="document.title = 1">';
    const eventBridge = new EventBridgeClient(sdkConfig(system));
    const Detail = JSON.stringify({ orderId: hostile, category: hostile, location: 'eu-west', value: 1 });
    const entry = { EventBusName: 'Orders', Source: 'com.aws.orders', DetailType: hostile, Detail };
    await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
    eventBridge.destroy();
    await order().getByText(hostile).first().waitFor();
    await order().click();
    await page.locator('.timeline').getByText(hostile).first().click();
    await page.locator('.drawer').getByText(hostile).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Orders, on this machine');
    expect(complaints).toEqual([]);
  });

  test('the search finds an order by a field', async () => {
    const { orderId } = await system.placeOrder({ category: 'garden-tools' });
    await system.placeOrder({ category: 'office-supplies' });
    await order().nth(1).waitFor();
    await page.getByRole('searchbox').fill('garden');
    await order().nth(1).waitFor({ state: 'detached' });
    expect(await order().textContent()).toContain(orderId);
  });

  test.each([
    ['light', 400],
    ['dark', 2_000],
  ] as const)('axe finds nothing in %s at a width of %d pixels', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await system.placeOrder();
    await order().click();
    await page.locator('.timeline button').first().click();
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe: run } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await run.run()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`,
      );
    });
    expect(violations).toEqual([]);
  });
});
