/**
 * `pnpm bench:page`: how the page behaves with 10,000 orders in its list, and with 100 more a second. It ends with 1 when a
 * figure isn't what it has to be. The orders are copies of a real one in the trace, so that this machine's cores are the
 * page's, and not the system's.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { browserArguments, findBrowser, howToGetOne } from '../find-browser.ts';
import { startSyntheticOrders } from './synthetic-orders.ts';

const listed = 9_900;
const ordersPerSecond = 100;
const seconds = 10;
/** As fast as a hand throws a list: nine orders a frame. */
const pixelsPerFrame = 300;

const failures: string[] = [];
function report(what: string, figure: number, unit: string, isGood: boolean): void {
  process.stdout.write(`${isGood ? '✓' : '✗'} ${what}: ${figure.toFixed(1)} ${unit}\n`);
  if (!isGood) failures.push(what);
}

const executablePath = findBrowser();
if (executablePath === undefined) throw new Error(howToGetOne);
const dist = resolve(import.meta.dirname, '../../../console/dist');
const files = ['index.html', 'style.css', 'console.js'].map((name) => readFileSync(resolve(dist, name)));
const bundleKb = files.reduce((sum, file) => sum + gzipSync(file).length, 0) / 1_000;
report('the page, gzipped', bundleKb, 'kB (under 300)', bundleKb < 300);

const { system, add } = await startSyntheticOrders();
const idOf = (count: number) => `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
for (let count = 1; count < listed; count += 1) add(idOf(count));
const browser = await chromium.launch({ executablePath, args: browserArguments });
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 950 } });
  const openedAt = performance.now();
  await page.goto(`${system.endpoint}/_local/`);
  await page.locator('.total', { hasText: String(listed) }).waitFor({ timeout: 120_000 });
  report(`${listed} orders are listed after`, (performance.now() - openedAt) / 1_000, 's', true);

  const session = await page.context().newCDPSession(page);
  const busyBefore = await mainThreadSeconds(session);
  const frames = await scroll(page);
  const busyMs = (1_000 * ((await mainThreadSeconds(session)) - busyBefore)) / frames.length;
  report("the page's thread for a frame of it", busyMs, 'ms (under 16.7)', busyMs < 1_000 / 60);
  const late = frames.filter((ms) => ms > 1_000 / 60 + 8).length;
  report('frames a second while the list scrolls', 1_000 / mean(frames), '(60)', mean(frames) < 1_000 / 59);
  report('frames that come late', (100 * late) / frames.length, '% (under 2)', late / frames.length < 0.02);

  await watchForOrders(page);
  const cpuBefore = await mainThreadSeconds(session);
  const begunAt = Date.now();
  const sentAt = new Map<string, number>();
  for (let count = 0; count < ordersPerSecond * seconds; count += 1) {
    const due = begunAt + (count * 1_000) / ordersPerSecond;
    if (due > Date.now()) await setTimeout(due - Date.now());
    const id = idOf(listed + count);
    sentAt.set(id, Date.now());
    add(id);
  }
  await setTimeout(500);
  const wallSeconds = (Date.now() - begunAt) / 1_000;
  const share = (100 * ((await mainThreadSeconds(session)) - cpuBefore)) / wallSeconds;
  report(
    `the page's thread at ${ordersPerSecond} orders a second`,
    share,
    '% of a core (under 50)',
    share < 50,
  );
  const shownAt = await page.evaluate(() => [...Object(globalThis).shownAt] as [string, number][]);
  const delays = shownAt.flatMap(([id, at]) => (sentAt.has(id) ? [at - (sentAt.get(id) ?? 0)] : []));
  delays.sort((a, b) => a - b);
  const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.POSITIVE_INFINITY;
  report(
    `an order is shown after, at the 99th of 100 (${delays.length} seen)`,
    p99,
    'ms (under 200)',
    p99 < 200,
  );
} finally {
  await browser.close();
  await system.close();
}
if (failures.length > 0) process.exitCode = 1;

/** Scrolls through the list for five seconds. @returns the lengths of the frames, in milliseconds */
function scroll(page: Page): Promise<number[]> {
  return page.locator('.rows').evaluate(
    (rows, pixels) =>
      new Promise<number[]>((done) => {
        const { requestAnimationFrame: nextFrame, performance } = globalThis as unknown as {
          requestAnimationFrame(call: () => void): void;
          performance: { now(): number };
        };
        const list = rows as unknown as { scrollTop: number };
        const frames: number[] = [];
        let last = performance.now();
        const step = () => {
          const now = performance.now();
          frames.push(now - last);
          last = now;
          list.scrollTop += pixels;
          if (frames.length < 300) nextFrame(step);
          else {
            list.scrollTop = 0;
            done(frames.slice(1));
          }
        };
        nextFrame(step);
      }),
    pixelsPerFrame,
  );
}

/** Notes when an order is in the list first, by the clock of this machine. */
async function watchForOrders(page: Page): Promise<void> {
  await page.locator('.rows ul').evaluate((list) => {
    const shownAt = new Map<string, number>();
    const browser = globalThis as unknown as {
      shownAt: typeof shownAt;
      MutationObserver: new (call: () => void) => { observe(node: unknown, options: object): void };
    };
    browser.shownAt = shownAt;
    const rows = list as unknown as { querySelectorAll(selector: string): Iterable<{ textContent: string }> };
    new browser.MutationObserver(() => {
      const now = Date.now();
      for (const { textContent } of rows.querySelectorAll('code')) {
        if (!shownAt.has(textContent)) shownAt.set(textContent, now);
      }
    }).observe(list, { childList: true, subtree: true, characterData: true });
  });
}

/** How long the page's thread was busy so far. */
async function mainThreadSeconds(session: CDPSession): Promise<number> {
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
