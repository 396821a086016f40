export { type Call, callsOf } from './definition/calls.ts';
export type { Definition } from './definition/definition.ts';
export { type ParsedDefinition, parseDefinition } from './definition/parse-definition.ts';
export { describeProblem, type Problem, type ProblemCode } from './definition/problems.ts';
export { type CallPattern, parseTaskResource, type TaskResource } from './definition/task-resource.ts';
export {
  type Execution,
  ExecutionNotRedrivableError,
  redriveExecution,
  resumeExecution,
  startExecution,
  whyNotRedrivable,
} from './execution/execution.ts';
export type { HistoryEvent } from './execution/history.ts';
export type { CallTask, Clock, Host, TaskCall } from './execution/host.ts';
export { maxDataBytes } from './execution/limits.ts';
export type { ExecutionIdentity, ExecutionStatus, Progress } from './execution/progress.ts';
export { TaskTokenError, TaskTokens } from './execution/task-tokens.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { StatesError } from './states-error.ts';
export {
  type InspectionData,
  TestStateError,
  type TestStateMock,
  type TestStateRequest,
  type TestStateResult,
} from './test-state/request.ts';
export { type TestStateHost, type TestStateIdentity, testState } from './test-state/test-state.ts';
