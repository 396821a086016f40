/** `pnpm screenshot`: makes the picture of the page with which the README begins, `docs/page.png`. */
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startTestSystem } from '../../src/testing/index.ts';
import { browserArguments, findBrowser, howToGetOne } from '../find-browser.ts';

const path = resolve(import.meta.dirname, '../../../../docs/page.png');
const executablePath = findBrowser();
if (executablePath === undefined) throw new Error(howToGetOne);

const system = await startTestSystem();
const browser = await chromium.launch({ executablePath, args: browserArguments });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, colorScheme: 'light' });
  await page.goto(`${system.endpoint}/_local/`);
  for (const [location, category] of [
    ['eu-west', 'office-supplies'],
    ['us-east-1', 'garden-tools'],
    ['eu-west-3', 'books'],
    ['aq-south', 'toys'],
  ] as const) {
    await system.placeOrder({ location, category });
  }
  await system.settled();
  await system.partnerBehaves({ status: 503 });
  const { orderId } = await system.placeOrder({ location: 'us-west-2', category: 'general-supplies' });
  // An hour of retries: the partner is still down.
  await system.advance(1);
  await page.locator('.orders li button', { hasText: orderId }).click();
  await page.locator('.timeline').getByRole('button', { name: 'USOrdertoAPI →' }).click();
  await page.locator('.drawer').getByText('sts:AssumeRole', { exact: true }).waitFor();
  // The page has read the clock again.
  await page.getByText(/It goes on at .*, in \d+ (s|min)/).waitFor();
  await page.mouse.wheel(0, -2_000);
  // The wheel takes a moment.
  await page.waitForFunction('scrollY === 0');
  await page.screenshot({ path, animations: 'disabled' });
  process.stdout.write(`${path} is made\n`);
} finally {
  await browser.close();
  await system.close();
}
