export { envelopeOf, exampleEvent } from './envelope.ts';
export {
  type ContractEvent,
  type JsonSchema,
  readContract,
  schemasDir,
  toContractEvent,
} from './read-contract.ts';
export { annotations, validateContract } from './validate-contract.ts';
