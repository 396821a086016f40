import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ContractEvent } from '@orders/contract';

/** Details by detail-type, and by the name of their file. */
export type Fixtures = Record<string, { valid: Record<string, unknown>; invalid: Record<string, unknown> }>;

/**
 * Reads `fixtures/<event>/valid/*.json` and `fixtures/<event>/invalid/*.json` of a schema folder.
 *
 * @throws an Error that names the folder or the file that is missing, empty or not JSON
 */
export function readFixtures(dir: string, events: readonly ContractEvent[]): Fixtures {
  return Object.fromEntries(
    events.map(({ id, detailType }) => [
      detailType,
      { valid: readKind(dir, id, 'valid'), invalid: readKind(dir, id, 'invalid') },
    ]),
  );
}

function readKind(dir: string, id: string, kind: 'valid' | 'invalid'): Record<string, unknown> {
  const folder = `fixtures/${id}/${kind}`;
  const files = namesIn(join(dir, folder)).filter((file) => file.endsWith('.json'));
  if (files.length === 0) {
    throw new Error(
      `schemas/${folder}: received no *.json file; every event has at least one ${kind} detail there, in a file that ` +
        'says by its name what is special about it',
    );
  }
  return Object.fromEntries(
    files.sort().map((file) => {
      try {
        return [basename(file, '.json'), JSON.parse(readFileSync(join(dir, folder, file), 'utf8'))];
      } catch (error) {
        throw new Error(`schemas/${folder}/${file}: not JSON: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
