/**
 * The channel between the local run and the process of a function: a line of JSON for each message. Node.js's own channel
 * would be open before the first line of the process, with modules that it would have to compile (see start.cjs), and the
 * handler's code would find it.
 *
 * @import { Duplex } from 'node:stream'
 */

/** Where the process of a function has its end. */
export const channelFd = 3;

/**
 * @param {Duplex} stream
 * @param {(message: unknown) => void} hear gets what the other end sends
 * @returns {(message: object, onSent?: () => void) => void} sends a message; throws for one that has no JSON
 */
export function openChannel(stream, hear) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (/** @type {string} */ chunk) => {
    const [first = '', ...lines] = chunk.split('\n');
    rest += first;
    for (const line of lines) {
      hear(parsed(rest));
      rest = line;
    }
  });
  // The other end is gone, which its process shows.
  stream.on('error', () => {});
  return (message, onSent) => {
    stream.write(`${JSON.stringify(message)}\n`, onSent);
  };
}

/**
 * @param {string} line
 * @returns {unknown} undefined for what isn't JSON: the code of a function can write here, too
 */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
