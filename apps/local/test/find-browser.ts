import { existsSync } from 'node:fs';

/** Where systems have Chromium or Chrome. The environment variable CHROMIUM names another place. */
const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser of this machine; undefined without one. */
export const findBrowser = (): string | undefined =>
  places.find((place) => place !== '' && existsSync(place));

/** What to do without a browser. */
export const howToGetOne =
  'there is no Chromium; install it (apt-get install chromium), or name it by CHROMIUM=<path>';

/** How a browser is started. Its sandbox needs rights that a container may not give. The page comes from this machine alone. */
export const browserArguments = ['--no-sandbox'];
