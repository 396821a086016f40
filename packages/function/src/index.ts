/**
 * What every Lambda function of the system has, so that a function is its logic and a handler of some ten lines.
 *
 * @packageDocumentation
 */
export { clientLimits } from './client-limits.ts';
export { createHandler, type Invocation } from './create-handler.ts';
export { DeadlineError } from './deadline.ts';
export type { Log, LogLine } from './log.ts';
export type { Count, CountOptions } from './metrics.ts';
export type { AnswerType, HeaderType, Operation, RequestType } from './operation.ts';
export { claimedIds, type EventIds, OrderIdError, orderIdOf } from './order-id.ts';
export { pickPresent } from './pick-present.ts';
export { type FieldError, Problem } from './problem.ts';
export { reasonOf } from './reason-of.ts';
export { requiredNumber, requiredVariable } from './required-variable.ts';
export { stackOf } from './stack-of.ts';
