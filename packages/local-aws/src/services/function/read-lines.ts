import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The longest line that is waited for, in characters. CloudWatch Logs takes no longer ones. */
const maxLength = 256 * 1024;

/**
 * Reads what a process writes, line by line. A longer line than CloudWatch Logs takes comes in pieces, so that a process
 * that never ends its line can't fill the memory.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const flush = () => {
    if (rest !== '') onLine(rest);
    rest = '';
  };
  stream.on('data', (chunk: Buffer) => {
    // Not by /\r?\n/, which takes ten times as long.
    const [first = '', ...lines] = decoder.write(chunk).split('\n');
    rest += first;
    for (const line of lines) {
      onLine(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      rest = line;
    }
    if (rest.length > maxLength) flush();
  });
  stream.on('end', flush);
  // A stream that is closed because its process is gone.
  stream.on('error', () => {});
}
