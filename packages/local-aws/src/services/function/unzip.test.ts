import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { unzip } from './unzip.ts';

const bytesOf = (entries: Record<string, Uint8Array>) =>
  Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]),
  );

test('a zip has the files that were put into it, however they were compressed', () => {
  const files = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}(\/[a-z.]{1,8}){0,2}$/),
    fc.uint8Array({ maxLength: 3_000 }),
  );
  fc.assert(
    fc.property(files, fc.constantFrom(0, 1, 9), (given, level) => {
      const zip = zipSync(given, { level });
      expect(bytesOf(unzip(zip))).toEqual(bytesOf(unzipSync(zip)));
    }),
  );
});

test('a zip that is cut short, or none at all, is an error', () => {
  const zip = zipSync({ 'index.mjs': Buffer.from('export const handler = () => {};'.repeat(50)) });
  for (let length = 0; length < zip.length; length += 1) expect(() => unzip(zip.slice(0, length))).toThrow();
  expect(() => unzip(Buffer.from('no zip at all'))).toThrow('invalid zip data');
});

test('a file whose bytes are not those that were compressed is an error', () => {
  const zip = zipSync({ 'index.mjs': Buffer.from('export const handler = () => {};'.repeat(50)) });
  const broken = zip.slice();
  broken.fill(0xff, 40, 60);
  expect(() => unzip(broken)).toThrow();
});
