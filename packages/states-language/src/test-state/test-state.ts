import type { InspectionStep } from '../data-flow/scope.ts';
import type { ErrorHandling, State } from '../definition/definition.ts';
import type { TaskResource } from '../definition/task-resource.ts';
import {
  backoffSeconds,
  errorOutputOf,
  type Failure,
  findCatcher,
  findRetrier,
} from '../execution/failure.ts';
import type { Host } from '../execution/host.ts';
import type { ExecutionIdentity } from '../execution/progress.ts';
import { failureOf, Run, type StateVisit, scopeOf } from '../execution/run.ts';
import { runState } from '../execution/run-machine.ts';
import { prepareMap } from '../execution/run-map.ts';
import type { Transition } from '../execution/run-simple.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { StatesError } from '../states-error.ts';
import {
  type InspectionData,
  TestStateError,
  type TestStateRequest,
  type TestStateResult,
} from './request.ts';
import { findState, type Mock, readJson, readMock, readObject } from './tested-state.ts';

/** What a tested state runs on: it has no history and isn't stored. */
export interface TestStateHost
  extends Pick<Host, 'clock' | 'callTask' | 'tokens' | 'region' | 'random' | 'uuid'> {
  /**
   * Checks a mocked result against what the service answers.
   *
   * @returns what is wrong, in AWS's words; undefined for a result that fits
   */
  misfitOf?(resource: TaskResource, result: JsonValue, mode: 'STRICT' | 'PRESENT'): string | undefined;
}

/** What the context object says of the execution. */
export type TestStateIdentity = Omit<ExecutionIdentity, 'roleArn'>;

/** The steps that `TestState` shows, by state type. */
const shown: Readonly<Record<State['type'], readonly InspectionStep[]>> = {
  Pass: ['afterInputPath', 'afterParameters', 'afterResultSelector', 'afterResultPath'],
  Task: ['afterInputPath', 'afterParameters', 'afterArguments', 'afterResultSelector', 'afterResultPath'],
  Parallel: ['afterResultSelector', 'afterResultPath'],
  Map: ['afterInputPath', 'afterItemsPath', 'maxConcurrency', 'afterResultSelector', 'afterResultPath'],
  Choice: ['afterInputPath'],
  Wait: ['afterInputPath'],
  Succeed: ['afterInputPath'],
  Fail: ['afterInputPath'],
};

/**
 * Runs one state: `TestState`. Nothing waits, and no attempt is made again: a test asks what would follow.
 *
 * @param identity what the context object says of the execution
 * @throws {TestStateError} for a request that isn't taken
 */
export async function testState(
  request: TestStateRequest,
  identity: TestStateIdentity,
  host: TestStateHost,
): Promise<TestStateResult> {
  const { state, context } = findState(request);
  const mock = readMock(request.mock, state);
  if (state.type === 'Task' && mock !== undefined) checkResult(state.resource, mock, request, host);
  if (state.type === 'Task' && mock === undefined && request.roleArn === undefined) {
    throw new TestStateError('ValidationException', 'RoleArn must be specified when testing a Task state');
  }
  const inputText = request.input ?? '{}';
  const input = readJson(
    inputText,
    () =>
      new TestStateError(
        'InvalidExecutionInput',
        `The input has to be JSON, received ${inputText.slice(0, 60)}`,
      ),
  );
  const variables = readObject(request.variables, 'variables');
  const data: Record<string, JsonValue> = { input: JSON.stringify(input) };
  if (variables && Object.keys(variables).length > 0) data.variables = JSON.stringify(variables);
  const visited = visitOf(state, input, identity, request, { host, mock, variables, context, data });
  const inspection = (errorDetails?: InspectionData['errorDetails']) =>
    request.inspectionLevel === undefined || request.inspectionLevel === 'INFO'
      ? {}
      : { inspectionData: { ...data, ...(errorDetails && { errorDetails }) } as InspectionData };
  try {
    const { output, next } = await runMocked(visited, mock, data);
    return {
      status: 'SUCCEEDED',
      output: JSON.stringify(output),
      ...(next !== undefined && { nextState: next }),
      ...inspection(),
    };
  } catch (error) {
    return handle(visited, failureOf(error, visited), inspection);
  }
}

function checkResult(
  resource: TaskResource,
  mock: Mock,
  { mock: given }: TestStateRequest,
  host: TestStateHost,
): void {
  const { fieldValidationMode: mode = 'STRICT' } = given ?? {};
  if (mode === 'NONE' || !('result' in mock)) return;
  const misfit = host.misfitOf?.(resource, mock.result, mode);
  if (misfit === undefined) return;
  throw new TestStateError('ValidationException', `Mock result schema validation error: ${misfit}`);
}

interface Given {
  readonly host: TestStateHost;
  readonly mock: Mock | undefined;
  readonly variables: JsonObject | undefined;
  readonly context: JsonObject | undefined;
  readonly data: Record<string, JsonValue>;
}

function visitOf(
  state: State,
  input: JsonValue,
  identity: TestStateIdentity,
  { stateConfiguration, roleArn }: TestStateRequest,
  { host, mock, variables = {}, context, data }: Given,
): StateVisit {
  const now = host.clock.now();
  const branch = { state: state.name, input, variables, previousEventId: 0 };
  const { retrierRetryCount = 0 } = stateConfiguration ?? {};
  const retriers = 'retriers' in state ? state.retriers : [];
  const run = new Run(
    {
      ...host,
      onEvent() {},
      save() {},
      async callTask(call) {
        const result = mock ? answerOf(mock) : await host.callTask(call);
        data.result = JSON.stringify(result);
        return result;
      },
    },
    {
      ...identity,
      roleArn: roleArn ?? '',
      input,
      startedAt: now,
      status: 'RUNNING',
      redriveCount: 0,
      lastEventId: 1,
      root: branch,
    },
    {
      context: context ?? contextOf(state, input, identity, roleArn, now),
      inspect(step, value) {
        if (shown[state.type].includes(step))
          data[step] = step === 'maxConcurrency' ? value : JSON.stringify(value);
      },
    },
  );
  return {
    run,
    state,
    branch,
    visit: {
      enteredEventId: 2,
      enteredAt: now,
      cameFromEventId: 0,
      retries: retriers.map(() => retrierRetryCount),
    },
    outer: { variables: {}, map: undefined },
    signal: new AbortController().signal,
  };
}

/** The context object that AWS makes up for a test, where the state is always called so. */
function contextOf(
  state: State,
  input: JsonValue,
  identity: TestStateIdentity,
  roleArn: string | undefined,
  now: number,
): JsonObject {
  const { arn, name, stateMachineArn, stateMachineName } = identity;
  const time = new Date(now).toISOString();
  return {
    Execution: { Id: arn, Input: input, Name: name, RoleArn: roleArn ?? null, StartTime: time },
    StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    State: { Name: 'StateName', EnteredTime: time, ...('retriers' in state && { RetryCount: 0 }) },
  };
}

function answerOf(mock: Mock): JsonValue {
  if ('result' in mock) return mock.result;
  throw new StatesError(mock.error, mock.cause);
}

/** Runs the state. The branches of a Parallel state and the iterations of a Map state are mocked. */
async function runMocked(
  visited: StateVisit,
  mock: Mock | undefined,
  data: Record<string, JsonValue>,
): Promise<Transition> {
  const { state, branch, visit, run } = visited;
  if (state.type === 'Wait') {
    // Evaluates until when it would wait, and doesn't wait.
    visit.wakeAt = await state.until(scopeOf(visited), run.host.clock.now());
    visit.wakeAt = run.host.clock.now();
  }
  if (state.type === 'Pass' && state.result !== undefined) data.result = JSON.stringify(state.result);
  if (state.type === 'Fail' && state.language === 'JSONPath')
    data.afterInputPath = JSON.stringify(branch.input);
  if (state.type !== 'Map' && state.type !== 'Parallel') {
    const transition = await runState(visited);
    if (state.type === 'Pass' && state.result !== undefined) {
      delete data.afterInputPath;
      delete data.afterParameters;
    }
    return transition;
  }
  const scope = scopeOf(visited);
  if (state.type === 'Map') await (await prepareMap(state, scope)).readItems();
  else await state.flow.arguments({ ...scope, input: await state.flow.input(scope) });
  branch.previousEventId = visit.enteredEventId;
  return { next: state.next, ...(await state.flow.outcome(scope, answerOf(mock ?? { result: null }))) };
}

type Inspect = (errorDetails?: InspectionData['errorDetails']) => Pick<TestStateResult, 'inspectionData'>;

/** Says what would follow an error. */
async function handle(visited: StateVisit, failure: Failure, inspection: Inspect): Promise<TestStateResult> {
  const { state, visit } = visited;
  const { retriers, catchers }: ErrorHandling = 'retriers' in state ? state : { retriers: [], catchers: [] };
  const { error, cause } = failure;
  const named = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  const retry = findRetrier(retriers, visit.retries, failure);
  if (retry && retry.granted < retry.retrier.maxAttempts) {
    const retryBackoffIntervalSeconds = backoffSeconds(retry.retrier, retry.granted);
    const details = { retryIndex: retry.index, retryBackoffIntervalSeconds };
    return { status: 'RETRIABLE', ...named, ...inspection(details) };
  }
  const retried = retry && { retryIndex: retry.index };
  const catcher = findCatcher(catchers, failure);
  if (catcher === undefined) return { status: 'FAILED', ...named, ...inspection(retried) };
  try {
    const { output } = await catcher.outcome(scopeOf(visited), errorOutputOf(failure));
    const details = { ...retried, catchIndex: catchers.indexOf(catcher) };
    return {
      status: 'CAUGHT_ERROR',
      ...named,
      output: JSON.stringify(output),
      nextState: catcher.next,
      ...inspection(details),
    };
  } catch (inner) {
    const own = failureOf(inner, visited);
    return {
      status: 'FAILED',
      ...(own.error !== undefined && { error: own.error }),
      ...(own.cause !== undefined && { cause: own.cause }),
      ...inspection(retried),
    };
  }
}
