import { readFileSync, statSync } from 'node:fs';
import { type ContractEvent, toContractEvent, validateContract } from '@orders/contract';
import { UsageError } from './command.ts';
import { readFolder } from './contract.ts';
import { isJsonObject } from './json.ts';

/**
 * Reads a change of the contract.
 *
 * @param path a folder with the schemas of all events, or the file of one event, which replaces the one with its `$id`
 * @returns all events after the change
 * @throws {UsageError} that names the file
 */
export function readChange(path: string, today: readonly ContractEvent[]): ContractEvent[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return readFolder(path);
  const changed = readSchema(path);
  if (today.some(({ id }) => id === changed.id)) {
    return today.map((event) => (event.id === changed.id ? changed : event));
  }
  throw new UsageError(
    `${path}: its $id is ${JSON.stringify(changed.id)}; allowed are those of the events: ${today.map(({ id }) => id).join(', ')}`,
  );
}

function readSchema(path: string): ContractEvent {
  try {
    const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isJsonObject(schema) || typeof schema.$id !== 'string') {
      throw new Error('received no schema with an $id; allowed is the file of an event of schemas/, changed');
    }
    const event = toContractEvent(schema.$id, schema);
    validateContract([event]);
    return event;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
