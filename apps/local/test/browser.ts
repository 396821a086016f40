import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { browserArguments, findBrowser, howToGetOne } from './find-browser.ts';

/**
 * Describes tests in a real browser. Without one, it skips them, with the way to get one in their names and in a
 * warning. With REQUIRE_BROWSER, it fails instead.
 */
export function withBrowser(body: (launch: () => Promise<Browser>) => void): void {
  const executablePath = findBrowser();
  if (executablePath !== undefined) {
    describe('in a browser', () => body(() => chromium.launch({ executablePath, args: browserArguments })));
    return;
  }
  if (process.env.REQUIRE_BROWSER) throw new Error(`The page can't be tested: ${howToGetOne}`);
  // Not console.warn: Jest hides the output of a file with only skipped tests.
  process.stderr.write(`The page is not tested: ${howToGetOne}\n`);
  describe.skip(`in a browser (skipped: ${howToGetOne})`, () =>
    body(() => Promise.reject(new Error(howToGetOne))));
}
