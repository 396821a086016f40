export type { FunctionLogLine, Host } from './context.ts';
export { type Chaos, ChaosError, type FaultKind, faultKinds, readProbabilities } from './faults/chaos.ts';
export type { ChaosReport } from './faults/chaos-report.ts';
export { AccessDeniedError, type Grant } from './iam.ts';
export type { Ids } from './ids.ts';
export { isObject, type JsonObject, jsonLength } from './json.ts';
export { createLocalApi, type LocalResponse, type LocalRoutes } from './local-api.ts';
export { type LocalAws, type LocalAwsOptions, type Surroundings, startLocalAws } from './local-aws.ts';
export type { Alarm } from './map-alarms.ts';
export type { Notice } from './notices.ts';
export { readStack } from './plan/read-plan.ts';
export { UnsupportedError } from './plan/unsupported-error.ts';
export { PortError } from './server.ts';
export {
  explainRule,
  type RuleExplanation,
  readRulesOffline,
  UnknownRuleError,
} from './services/event-bus/explain-rule.ts';
export { UnsettledError } from './settle.ts';
export { SizedCollection } from './state/sized-collection.ts';
export type { Collection } from './state/state.ts';
export { StateError } from './state/state-error.ts';
export type { Stories, Story } from './stories.ts';
export { type Delivery, type Step, storySteps, type TimedStep } from './story-steps.ts';
export type { MapEdge, MapNode, NodeKind, SystemMap } from './system-map.ts';
export type { BusEvent } from './target.ts';
export type { Activity, Outcome } from './trace.ts';
export type { StreamedEntry } from './trace-stream.ts';
