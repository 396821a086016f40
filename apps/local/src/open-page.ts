import type { EventEmitter } from 'node:events';
import { basename } from 'node:path';

/** A program that was started, as far as its end is watched. */
type Opener = EventEmitter & { spawnfile: string };

/**
 * Opens a page in the browser of the user. Where that can't be done, in a container say, it says so.
 *
 * @param open opens an address by a program of the system
 */
export async function openPage(
  url: string,
  open: (url: string) => Promise<Opener> = openInBrowser,
): Promise<void> {
  const fail = (why: string) =>
    process.stderr.write(`! The page couldn't be opened: ${why}. Open ${url} in a browser\n`);
  try {
    const opener = await open(url);
    opener.once('error', ({ message }: Error) => fail(message));
    opener.once('exit', (code: number | null) => {
      if (code !== 0 && code !== null) fail(`${basename(opener.spawnfile)} ended with ${code}`);
    });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

/** Loaded when it is needed. */
async function openInBrowser(url: string) {
  const { default: open } = await import('open');
  return open(url);
}
