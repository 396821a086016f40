export type { Definition } from './definition/definition.ts';
export { type ParsedDefinition, parseDefinition } from './definition/parse-definition.ts';
export type { Problem } from './definition/problems.ts';
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
