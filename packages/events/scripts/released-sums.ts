import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The file beside the snapshots that says what they were when they were released: a line for each, its SHA-256 and its
 * path, as `sha256sum --check` reads it. A search-and-replace over `schemas/` leaves the digests behind, and is found.
 */
export const sumsFile = 'SHA256SUMS';

/**
 * Holds the snapshots against their digests.
 *
 * @param files the snapshots that are there, relative to the folder: `order-placed/0.1.0.json`
 * @throws an Error that names the file for a snapshot that was changed, deleted, or added by hand, and for digests that
 *   are gone or can't be read
 */
export async function verifySums(releasedDir: string, files: readonly string[]): Promise<void> {
  const sums = await readSums(releasedDir);
  const restore = 'a released schema never changes, so take it back from the history of the repository';
  for (const [file, sum] of sums) {
    if (!files.includes(file)) throw new Error(`schemas/released/${file}: it is gone; ${restore}`);
    const now = sumOf(await readFile(join(releasedDir, file)));
    if (now !== sum) {
      throw new Error(
        `schemas/released/${file}: its SHA-256 is ${now}, and was ${sum} when it was released, as ` +
          `schemas/released/${sumsFile} says; ${restore}`,
      );
    }
  }
  const unknown = files.find((file) => !sums.has(file));
  if (unknown !== undefined) {
    throw new Error(
      `schemas/released/${unknown}: schemas/released/${sumsFile} has no line for it; only \`pnpm release:version\` ` +
        'releases a schema',
    );
  }
}

async function readSums(releasedDir: string): Promise<Map<string, string>> {
  const path = join(releasedDir, sumsFile);
  if (!existsSync(path)) {
    throw new Error(
      `schemas/released/${sumsFile}: there is no such file, which holds the digests of the released schemas; take it ` +
        'back from the history of the repository',
    );
  }
  const sums = new Map<string, string>();
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    if (line === '') continue;
    const [, sum, file] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (sum === undefined || file === undefined || sums.has(file)) {
      throw new Error(
        `schemas/released/${sumsFile}: received the line ${JSON.stringify(line)}; allowed is a SHA-256 in lower-case ` +
          'hex, two spaces, and <event>/<version>.json, one line for each',
      );
    }
    sums.set(file, sum);
  }
  return sums;
}

/** Adds the line of a snapshot that has just been released. */
export async function addSum(releasedDir: string, file: string): Promise<void> {
  const sum = sumOf(await readFile(join(releasedDir, file)));
  await appendFile(join(releasedDir, sumsFile), `${sum}  ${file}\n`);
}

const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
