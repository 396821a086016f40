/**
 * For the tests of the functions: what Lambda passes to one, what it writes, and the services that it calls.
 *
 * @packageDocumentation
 */
export { startDynamoDb } from './dynamo-db.ts';
export { startEventBridge } from './event-bridge.ts';
export { functionEnvironment, makeContext, trace } from './lambda.ts';
export { captureOutput, metricLine } from './output.ts';
export { startServer } from './server.ts';
