import { type ContractEvent, readContract, validateContract } from '@orders/contract';

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
 * @throws an Error that names the file, by `readContract` and `validateContract`
 */
export const readSchemas = (dir: string): EventSchema[] =>
  validateContract(readContract(dir)).map((event) => {
    const typeName = event.id
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    return { ...event, codeName: typeName.charAt(0).toLowerCase() + typeName.slice(1), typeName };
  });
