/** A test client: the order system of a synthesized stack, running in the process of a test. */
export type { BusEvent, JsonObject, Step, Story } from '@orders/local-aws';
export { type DeadLetter, type QueueMessage, sdkConfig } from './aws-reader.ts';
export { shortDeliveries, shortSteps } from './short-story.ts';
export type { StateOutcome, StateTest } from './state-test.ts';
export {
  type Order,
  OrderNotAcceptedError,
  type PlacedOrder,
  startTestSystem,
  synthesized,
  type TestSystem,
  type TestSystemOptions,
} from './test-system.ts';
