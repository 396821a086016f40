import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readLines } from './read-lines.ts';

/** The lines of what a process writes, chunk by chunk. */
async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  return lines;
}

test('lines are read whole, however they are cut, and the last one without its end', async () => {
  expect(await linesOf('a', 'b\nc\r\n', '\nd')).toEqual(['ab', 'c', '', 'd']);
  expect(await linesOf('a\r', '\nb\rc')).toEqual(['a', 'b\rc']);
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  expect(await linesOf(first, second, '\n')).toEqual(['é']);
});

test('a line that never ends comes in pieces of bounded length, and nothing of it is lost', async () => {
  const chunk = 'x'.repeat(64 * 1024);
  const lines = await linesOf(...Array.from({ length: 100 }, () => chunk));
  expect(lines.join('')).toHaveLength(100 * chunk.length);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(512 * 1024);
});
