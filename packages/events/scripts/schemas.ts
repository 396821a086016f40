import { type ContractEvent, readContract, validateContract } from '@orders/contract';
import { nameInTheWay } from './names-in-code.ts';

/** An event of the contract, with its names in code. */
export interface EventSchema extends ContractEvent {
  /** Of its functions and constants: `orderPlaced`. */
  codeName: string;
  /** Of the detail's type: `OrderPlaced`. */
  typeName: string;
}

/**
 * Reads and checks every schema of a folder, in the order of the file names.
 *
 * @throws an Error that names the file, by `readContract` and `validateContract`, or for a name that the code can't have
 */
export const readSchemas = (dir: string): EventSchema[] =>
  validateContract(readContract(dir)).map(toEventSchema);

/** @throws an Error for an event whose name the code can't have */
export function toEventSchema(event: ContractEvent): EventSchema {
  const typeName = event.id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const name = nameInTheWay(typeName);
  if (name !== undefined) {
    throw new Error(
      `schemas/${event.id}.json: its name in code would be ${name}, which has another meaning already; ` +
        'allowed is any other file name, such as order-placed.json',
    );
  }
  return { ...event, codeName: typeName.charAt(0).toLowerCase() + typeName.slice(1), typeName };
}
