import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** Where systems have Chromium or Chrome. The environment variable CHROMIUM names another place. */
const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Describes tests in a real browser. Without one, it skips them, with the way to get one in their names and in a
 * warning.
 */
export function withBrowser(body: (launch: () => Promise<Browser>) => void): void {
  const executablePath = places.find((place) => place !== '' && existsSync(place));
  if (executablePath !== undefined) {
    // The sandbox needs rights that a container may not give. The page comes from this machine alone.
    const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] });
    describe('in a browser', () => body(launch));
    return;
  }
  const missing =
    'there is no Chromium; install it (apt-get install chromium), or name it by CHROMIUM=<path>';
  // Not console.warn: Jest hides the output of a file with only skipped tests.
  process.stderr.write(`The page is not tested: ${missing}\n`);
  describe.skip(`in a browser (skipped: ${missing})`, () => body(() => Promise.reject(new Error(missing))));
}
