/**
 * For the tests of the functions: what Lambda passes to one, what it writes, and the services that it calls.
 *
 * @packageDocumentation
 */
export { startDynamoDb } from './dynamo-db.ts';
export { accepted, startEventBridge } from './event-bridge.ts';
export { type Stall, stalls } from './faults.ts';
export { importAnew } from './import-anew.ts';
export { functionEnvironment, invoke, makeContext, type Outcome, trace } from './lambda.ts';
export { captureOutput, metricLine } from './output.ts';
export { startServer } from './server.ts';
export { failure, type Reply, type ServiceRequest, startService } from './service.ts';
