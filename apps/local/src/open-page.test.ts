import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openPage } from './open-page.ts';

const url = 'http://127.0.0.1:4000/_local/';
let written: string[];
beforeEach(() => {
  written = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A program that opens an address, as `open` gives it. */
const opener = () => Object.assign(new EventEmitter(), { spawnfile: '/usr/bin/xdg-open' });

test('a page that is opened needs no word', async () => {
  const program = opener();
  const opened: string[] = [];
  await openPage(url, async (address) => {
    opened.push(address);
    return program;
  });
  program.emit('exit', 0);
  expect(opened).toEqual([url]);
  expect(written).toEqual([]);
});

test.each<[string, (program: EventEmitter) => void, string]>([
  ['ends with a code', (program) => program.emit('exit', 3), 'xdg-open ended with 3'],
  [
    'is not there',
    (program) => program.emit('error', new Error('spawn xdg-open ENOENT')),
    'spawn xdg-open ENOENT',
  ],
])('a program that %s makes a word with the address', async (_, end, why) => {
  const program = opener();
  await openPage(url, async () => program);
  end(program);
  expect(written).toEqual([`! The page couldn't be opened: ${why}. Open ${url} in a browser\n`]);
});

test('what throws before there is a program is told as well', async () => {
  await openPage(url, () => Promise.reject(new Error('no display')));
  expect(written).toEqual([`! The page couldn't be opened: no display. Open ${url} in a browser\n`]);
});
