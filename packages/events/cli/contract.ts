import { type ContractEvent, readContract, validateContract } from '@orders/contract';
import { UsageError } from './command.ts';

/**
 * Reads a folder of schemas.
 *
 * @throws {UsageError} that names the folder and the file
 */
export function readFolder(folder: string): ContractEvent[] {
  try {
    return validateContract(readContract(folder));
  } catch (error) {
    // Its messages name the file as `schemas/<event>.json`, whatever the folder.
    throw new UsageError(`${folder}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Finds an event by its detail-type, or by the name of its file.
 *
 * @throws {UsageError} with the names of all events
 */
export function findEvent(events: readonly ContractEvent[], named: string): ContractEvent {
  const event = events.find(({ id, detailType, name }) => [id, detailType, name].includes(named));
  if (event) return event;
  const known = events.map(({ detailType }) => JSON.stringify(detailType)).join(', ');
  throw new UsageError(`${JSON.stringify(named)} isn't an event; allowed are ${known}`);
}
